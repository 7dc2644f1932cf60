/** The declarations of a `style` attribute: names and values in lower case, the last of a name counts. */
export type InlineStyle = ReadonlyMap<string, string>;

const ESCAPE = /\\([0-9a-f]{1,6})[ \t\n]?/giu;

/** Reads declarations as a browser would: without comments, with escapes resolved, `!important` or not. */
export function readInlineStyle(style: string): InlineStyle {
  const plain = style
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/gu, "")
    .replace(ESCAPE, (_, code: string) =>
      String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff)),
    );
  return new Map(
    plain.split(";").flatMap((declaration): [string, string][] => {
      const colon = declaration.indexOf(":");
      if (colon === -1) return [];
      const value = declaration.slice(colon + 1).replace(/!\s*important/iu, "");
      return [[declaration.slice(0, colon).trim().toLowerCase(), value.trim().toLowerCase()]];
    }),
  );
}

/** What is this far outside is outside of any screen. In CSS pixels. */
const OFF_SCREEN = 500;
const PIXELS_PER_UNIT = new Map([
  ["", 1],
  ["px", 1],
  ["pt", 4 / 3],
  ["em", 16],
  ["rem", 16],
  ["ex", 8],
  ["ch", 8],
  ["vw", 12],
  ["vh", 8],
  ["%", 12],
  ["cm", 38],
  ["mm", 3.8],
  ["in", 96],
]);
const LENGTH = /^(?:calc\(\s*)?([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z]*|%)/u;

/** True where the declarations make the element's text invisible in its place: a script may be about to show it. */
export function isTransparent(style: InlineStyle): boolean {
  const value = (name: string): string => style.get(name) ?? "";
  return (
    /^(?:hidden|collapse)$/u.test(value("visibility")) ||
    isBelow(value("opacity"), 0.05) ||
    /opacity\(\s*0*\.?0*%?\s*\)/u.test(value("filter"))
  );
}

/** True where the declarations keep the element's text from being seen in any other way. */
export function hidesText(style: InlineStyle): boolean {
  const value = (name: string): string => style.get(name) ?? "";
  if (value("display") === "none" || value("content-visibility") === "hidden") return true;
  if (isBelow(value("font-size"), 1.5) || /^\s*(?:\S+\s+)*?0[a-z%]*(?:\/|\s)/u.test(value("font")))
    return true;
  return isClipped(style) || isMovedAway(style) || isSqueezed(style);
}

function isClipped(style: InlineStyle): boolean {
  const clip = style.get("clip") ?? "";
  const edges = clip.match(/-?\d+(?:\.\d+)?/gu) ?? [];
  if (clip.startsWith("rect(") && edges.length === 4 && edges.every((edge) => Number(edge) <= 1)) return true;
  return /inset\(\s*(?:5\d|[6-9]\d|100)%|circle\(\s*0/u.test(style.get("clip-path") ?? "");
}

const OFFSETS = "left top right bottom margin margin-left margin-top inset text-indent".split(" ");

function isMovedAway(style: InlineStyle): boolean {
  if (OFFSETS.some((name) => isAway(style.get(name) ?? ""))) return true;
  if (["left", "top"].some((name) => (readPixels(style.get(name) ?? "") ?? 0) >= 5_000)) return true;
  const transform = `${style.get("transform") ?? ""} ${style.get("translate") ?? ""} scale(${style.get("scale") ?? 1})`;
  if (/scale[xy]?\(\s*0*\.?0*\s*[,)]/u.test(transform)) return true;
  return (transform.match(/-\d[\d.]*[a-z%]+/gu) ?? []).some(isAway);
}

function isAway(value: string): boolean {
  return (readPixels(value) ?? 0) <= -OFF_SCREEN;
}

/** A box without room for its text. A cell or a flexible box grows all the same. */
function isSqueezed(style: InlineStyle): boolean {
  const sizes = ["width", "height", "max-width", "max-height"].map((name) =>
    readPixels(style.get(name) ?? ""),
  );
  const hidesOverflow = /hidden|clip|scroll|auto/u.test(
    `${style.get("overflow") ?? ""} ${style.get("overflow-x") ?? ""} ${style.get("overflow-y") ?? ""}`,
  );
  if (hidesOverflow) return sizes.some((size) => size !== undefined && size <= 1);
  return sizes.slice(1).some((size) => size === 0);
}

function isBelow(value: string, limit: number): boolean {
  const number = value.endsWith("%") ? Number.parseFloat(value) / 100 : readPixels(value);
  return number !== undefined && number < limit && !(value.endsWith("%") && number > 0.05);
}

function readPixels(value: string): number | undefined {
  const [, number, unit = ""] = LENGTH.exec(value) ?? [];
  return number === undefined ? undefined : Number(number) * (PIXELS_PER_UNIT.get(unit) ?? 1);
}
