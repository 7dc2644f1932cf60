import { cleanText } from "../../clean-text.ts";

/** Tags with which a search API marks words of a snippet. */
const MARKS = /<\/?(?:strong|b|em|i|mark|span)(?:\s[^<>]*)?>/giu;
const BREAKS = /<(?:br|\/?p)(?:\s[^<>]*)?\/?>/giu;

/**
 * The plain text of a snippet whose matches are marked and whose characters are escaped as in HTML. Any other `<` is
 * text: what a page says about `vector<int>` stays. The HTML reader is loaded by the first call that needs it.
 */
export async function readMarkedSnippet(snippet: string): Promise<string> {
  const text = cleanText(snippet).replace(MARKS, "").replace(BREAKS, " ");
  if (!text.includes("&")) return text;
  const { htmlToText } = await import("../../html/text.ts");
  return htmlToText(text.replaceAll("<", "&lt;"));
}

/** No page comes in more; every piece is compared with every other. */
const MAX_PIECES = 50;

/**
 * Pieces of one page as one text, each on a line of its own, in their order. What another piece says as well is left
 * out; an ellipsis at the ends of a piece and different white space make no difference. At most 50 pieces count.
 */
export function joinTexts(pieces: readonly (string | null | undefined)[]): string {
  let kept: { readonly text: string; readonly words: string }[] = [];
  for (const piece of pieces.slice(0, MAX_PIECES)) {
    const text = cleanText(piece ?? "").trim();
    const words = wordsOf(text);
    if (words === "" || kept.some((other) => other.words.includes(words))) continue;
    kept = [...kept.filter((other) => !words.includes(other.words)), { text, words }];
  }
  return kept.map(({ text }) => text).join("\n");
}

function wordsOf(text: string): string {
  const words = text.replace(/\s+/gu, " ");
  const start = /^(?:…|\.{3}| )*/u.exec(words)?.[0].length ?? 0;
  let end = words.length;
  while (end > start && /[….\s]/u.test(words.charAt(end - 1))) end--;
  return words.slice(start, end);
}
