/** What a match of a pattern begins with, as far as its letters are written out; in lower case. */
export interface Beginning {
  readonly letters: string;
  /** Where they stand: at the beginning of the text's first word, or of any, or anywhere. */
  readonly place: Place;
  /** They are all of the word. */
  readonly isWhole: boolean;
}

export type Place = "text" | "word" | "anywhere";

/** In lower case, as patterns with the flags `iu` compare letters. */
export function foldedCase(text: string): string {
  return text.toLowerCase().replaceAll("ſ", "s");
}

/** The runs of letters of a text. */
export function lettersIn(text: string): readonly string[] {
  return text.match(/\p{L}+/gu) ?? [];
}

/** `(?<!\p{L})`, `(?<![\p{L}\p{M}])`. */
const NOT_BEHIND_LETTER = /^\(\?<!\[?\\p\{L\}(?:\\p\{M\})?\]?\)/;
const NOT_BEFORE_LETTER = /^\(\?!\[?\\p\{L\}(?:\\p\{M\})?\]?\)/;
const LOOKAROUND = /^\(\?<?[=!]/;
/** As many signs and spaces as there are. */
const SIGNS = /^(?:\[(?:\\s|\\p\{[PS]\}|\\t|\\u00a0|\\u202f| )+\]\*|-\?)/;
const CLASS = /^\[([^\\\]^-]+)\]/;
/** What is written out: the first sign, and those behind it that may not be missing. */
const LETTERS = /^\p{L}(?:\p{L}(?![?*]|\{0))*/u;
const WRITTEN = /^[^\\^$.*+?()[\]{}|](?:[^\\^$.*+?()[\]{}|](?![?*]|\{0))*/u;
/** What ends a word, and may not be missing. */
const END = /^(?:\\[s.]|\$|\[['’ -]+\]|[^\p{L}\\^$.*+?()[\]{}|])(?![?*{])/u;
const OPTIONAL = /^(?:[?*]|\{0,\d*\})\??/;

/**
 * How the matches of a pattern may begin. Groups and what may be missing are written out up to the first letters; what
 * begins with any letter is left out.
 * @param source of a pattern with the flags `iu`
 * @throws {Error} where a match may begin otherwise
 */
export function beginningsOf(source: string): readonly Beginning[] {
  return alternativesOf(source).flatMap((each) => begun(each, "anywhere"));
}

function begun(source: string, place: Place): readonly Beginning[] {
  switch (source.charAt(0)) {
    case "^":
      return begun(source.slice(1), "text");
    case "\\":
      if (source.startsWith(String.raw`\p{L}`)) return [];
      if (source.startsWith(String.raw`\b`)) return begun(source.slice(2), place);
      break;
    case "(":
      if (LOOKAROUND.test(source))
        return begun(behindGroup(source), NOT_BEHIND_LETTER.test(source) ? "word" : place);
      return begunByGroup(source, place);
    case "[":
    case "-": {
      const signs = SIGNS.exec(source)?.[0].length ?? 0;
      if (signs > 0) return begun(source.slice(signs), place);
      const [written, inner] = CLASS.exec(source) ?? [];
      if (written === undefined || inner === undefined) break;
      return LETTERS.test(inner)
        ? eachOf(Array.from(inner), source.slice(written.length), place)
        : Array.from(inner, (letters) => ({ letters, place: "anywhere" as const, isWhole: false }));
    }
  }
  const letters = (place === "anywhere" ? WRITTEN : LETTERS).exec(source)?.[0];
  if (letters === undefined) throw new Error(`A match may begin with no letter: ${source.slice(0, 60)}`);
  const behind = source.slice(letters.length);
  const isWhole = place !== "anywhere" && endsWord(behind);
  const found = [{ letters: foldedCase(letters), place, isWhole }];
  return [...found, ...(letters.length === 1 ? withoutIt(behind, place) : [])];
}

function begunByGroup(source: string, place: Place): readonly Beginning[] {
  const behind = behindGroup(source);
  return eachOf(alternativesOf(inside(source, behind)), behind, place);
}

/** Each of the alternatives with what stands behind them, and that alone where they may be missing. */
function eachOf(alternatives: readonly string[], behind: string, place: Place): readonly Beginning[] {
  const rest = withoutOptional(behind);
  return [...alternatives.flatMap((each) => begun(each + rest, place)), ...withoutIt(behind, place)];
}

/** What follows where something may be missing. */
function withoutIt(behind: string, place: Place): readonly Beginning[] {
  const rest = withoutOptional(behind);
  return rest === behind ? [] : begun(rest, place);
}

function withoutOptional(behind: string): string {
  return "?*{".includes(behind.charAt(0)) ? behind.replace(OPTIONAL, "") : behind;
}

function endsWord(rest: string): boolean {
  if (!rest.startsWith("(")) return END.test(rest);
  if (NOT_BEFORE_LETTER.test(rest)) return true;
  const behind = behindGroup(rest);
  if (LOOKAROUND.test(rest)) return endsWord(behind);
  const next = withoutOptional(behind);
  return (
    alternativesOf(inside(rest, behind)).every((each) => endsWord(each + next)) &&
    (next === behind || endsWord(next))
  );
}

/** What stands in the group that a source begins with. */
function inside(source: string, behind: string): string {
  return source.slice(0, source.length - behind.length - 1).replace(/^\((?:\?:|\?<\w+>)?/, "");
}

/** What stands behind the group that a source begins with. */
function behindGroup(source: string): string {
  for (const [sign, at, depth] of signsOf(source))
    if (sign === ")" && depth === 0) return source.slice(at + 1);
  throw new Error(`A group does not end: ${source.slice(0, 60)}`);
}

function alternativesOf(source: string): readonly string[] {
  const found: string[] = [];
  let from = 0;
  for (const [sign, at, depth] of signsOf(source)) {
    if (sign !== "|" || depth > 0) continue;
    found.push(source.slice(from, at));
    from = at + 1;
  }
  return [...found, source.slice(from)];
}

/** What is escaped, a class, and what groups are made of. */
const SIGN = /\\[^]|\[(?:\\[^]|[^\\\]])*\]|[()|]/g;

/** The brackets and bars of a pattern, with their places and how many groups are open behind them. */
function* signsOf(source: string): Generator<readonly [sign: string, at: number, depth: number]> {
  let depth = 0;
  for (const { 0: sign, index } of source.matchAll(SIGN)) {
    if (sign.length > 1) continue;
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    yield [sign, index, depth];
  }
}
