import type { Mark } from "./marks.ts";

/** The text with its marks blanked out, each index where it was; of a link its words stay. */
export function masked(text: string, marks: readonly Mark[]): string {
  let out = "";
  let last = 0;
  for (const mark of marks) {
    const words = mark.kind === "link" ? ` ${mark.text}` : "";
    out += text.slice(last, mark.start) + words.padEnd(mark.end - mark.start);
    last = mark.end;
  }
  return out + text.slice(last);
}

/** Where a mark stood between letters of scripts that put no spaces between words. */
const BETWEEN_UNSPACED =
  /(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，、；：]) (?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/gu;

/**
 * The sentence that a mark belongs to: the one it stands in, also behind the full stop, or the last one before it in
 * its line; where a line begins with the mark, the sentence behind it.
 */
export function spanAt<Sentence extends Span>(
  plain: string,
  spans: readonly Sentence[],
  { kind, start }: Mark,
): Sentence | undefined {
  // of a link the words stay, one place further on
  const at = kind === "link" ? start + 1 : start;
  const index = spans.findLastIndex((each) => each.start <= at);
  const [before, behind] = [spans[index], spans[index + 1]];
  const isOfLine = (span: typeof before): boolean =>
    span !== undefined && !plain.slice(Math.min(span.end, at), Math.max(span.start, at)).includes("\n");
  return isOfLine(before) || !isOfLine(behind) ? (before ?? behind) : behind;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A sentence as it reads without its marks. */
export function sentenceIn(plain: string, { start, end }: Span): string {
  return plain
    .slice(start, end)
    .replaceAll(/\s+/g, " ")
    .replace(/ (?=[.,;:!?。，、；：！？])/g, "")
    .replaceAll(BETWEEN_UNSPACED, "");
}
