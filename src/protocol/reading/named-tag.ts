import type { Position } from "./turn-state.ts";

type Place = Pick<Position, "lineText" | "tail" | "afterCall" | "answering">;

/** Whether a line of an answer is indented as code. */
export function isIndentedCode({ answering, tail }: Place): boolean {
  return answering && /\n(?: {4}|\t)[ \t]*$/.test(tail);
}

const OPENS_NAME = /[\s([{"'“‘«*_/|]$/;
const CLOSES_NAME = /^[.,;:!?)\]}"'”’»*_/|-]/;

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
  if (rest === "" || rest === " ") return ended ? false : undefined;
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
  if (/^[ \t]*$/.test(rest)) return ended && rest !== "" ? true : undefined;
  return !/^[ \t]+[^\s[{<"]/.test(rest);
}
