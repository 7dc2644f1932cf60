import type { Position } from "./turn-state.ts";

type Place = Pick<Position, "lineText" | "tail" | "afterCall" | "answering">;

/** Whether a line of an answer is indented as code. */
export function isIndentedCode({ answering, tail }: Place): boolean {
  return answering && /\n(?: {4}|\t)[ \t]*$/.test(tail);
}

/** Letters of scripts that put no spaces between words. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}`;
/** Elements of HTML that a word may stand in. */
const ELEMENT = "(?:code|kbd|samp|tt|b|i|em|strong|td|th|li|p)";
const OPENS_NAME = new RegExp(
  String.raw`(?:[\s([{"'“‘„‚«‹*_/|（［【〔〈《「『、，。：；！？…—–·${UNSPACED}]|<${ELEMENT}>)$`,
  "u",
);
const CLOSES_NAME = new RegExp(
  String.raw`^(?:[.,;:!?)\]}"'”’“‘»›*_/|…—–）］】〕〉》」』、，。：；！？·${UNSPACED}-]|</${ELEMENT}>)`,
  "u",
);

const CLOSES_BEGUN = /^<(?:\/[a-z]{0,6})?$/;

/**
 * Whether a tag is only named in a sentence: words stand before it on its line, and words or a mark behind it. `undefined`
 * while what follows has not come.
 *
 * @param atLineStart a sentence may begin with it
 */
export function isNamed(
  { lineText, tail }: Place,
  rest: string,
  ended: boolean,
  atLineStart = false,
): boolean | undefined {
  if (!(lineText || atLineStart) || !OPENS_NAME.test(tail)) return false;
  if (lineText && CLOSES_NAME.test(rest)) return true;
  if (rest === "" || rest === " " || CLOSES_BEGUN.test(rest)) return ended ? false : undefined;
  return /^ [^\s[{<]/.test(rest);
}

/**
 * Whether the tag of a response opens one: behind a call, or at the beginning of a line, or with a text that begins
 * behind it. `undefined` while what follows has not come.
 */
export function opensResponse(
  { lineText, tail, afterCall }: Place,
  rest: string,
  ended: boolean,
): boolean | undefined {
  if (afterCall || !lineText) return true;
  if (OPENS_NAME.test(tail) && CLOSES_NAME.test(rest)) return false;
  if (CLOSES_BEGUN.test(rest) && !ended) return undefined;
  if (/^[ \t]*$/.test(rest)) return ended && rest !== "" ? true : undefined;
  return !/^[ \t]+[^\s[{<"]/.test(rest);
}
