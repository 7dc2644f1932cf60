/** The longest formula that is held back until it ends, in UTF-16 units; one in a line of prose is shorter. */
const MAX_FORMULA = 2_000;
const MAX_INLINE_FORMULA = 300;

const CLOSINGS: Readonly<Record<string, string>> = { "\\[": "\\]", "\\(": "\\)", $$: "$$" };
const ENVIRONMENT =
  /\\begin\{((?:equation|align(?:ed|at)?|gather(?:ed)?|multline|eqnarray|(?:display)?math|[a-zA-Z]?matrix|cases|array|split)\*?)\}/y;
const ENVIRONMENT_BEGUN = /\\(?:b(?:e(?:g(?:i(?:n(?:\{[a-zA-Z]{0,12}\*?)?)?)?)?)?)?$/y;
/** Dollars around what has spaces and none of these are prices. */
const TEX = /[\\_^{}=+*<>|]/;

/**
 * Where a formula ends that begins at `at` with `$`, `$$`, `\(`, `\[` or `\begin{…}`; `undefined` where none does, and `undecided`
 * when what follows decides. A single `$` is read as Pandoc does: no space behind the first, none before the last, and
 * no digit behind that.
 */
export function formulaEnd(
  text: string,
  at: number,
  before: string,
  final: boolean,
): number | "undecided" | undefined {
  if (before === "\\") return undefined;
  const opening = text.slice(at, at + 2);
  if (!final && opening.length < 2) return "undecided";
  ENVIRONMENT_BEGUN.lastIndex = at;
  if (!final && ENVIRONMENT_BEGUN.test(text)) return "undecided";
  ENVIRONMENT.lastIndex = at;
  const name = ENVIRONMENT.exec(text)?.[1];
  const closing = name === undefined ? CLOSINGS[opening] : `\\end{${name}}`;
  if (closing !== undefined) {
    const end = text.slice(at + 2, at + MAX_FORMULA).indexOf(closing);
    if (end >= 0) return at + 2 + end + closing.length;
    return !final && text.length - at < MAX_FORMULA ? "undecided" : undefined;
  }
  if (!/^\$\S/.test(opening) || /\w/.test(before)) return undefined;
  const [line = ""] = text.slice(at + 1, at + MAX_INLINE_FORMULA).split("\n", 1);
  for (const { index } of line.matchAll(/(?<=[^\s\\])\$/g)) {
    const next = line.charAt(index + 1);
    if (next === "" && !final && at + 2 + index === text.length) return "undecided";
    const inner = line.slice(0, index);
    if (!/\d/.test(next) && (TEX.test(inner) || !/\s/.test(inner))) return at + 2 + index;
  }
  const isWhole = at + 1 + line.length < text.length || line.length + 1 >= MAX_INLINE_FORMULA;
  return final || isWhole ? undefined : "undecided";
}
