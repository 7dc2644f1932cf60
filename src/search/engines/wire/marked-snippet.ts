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
  const { htmlToText } = await import("../../local/documents/html.ts");
  return htmlToText(text.replaceAll("<", "&lt;"));
}
