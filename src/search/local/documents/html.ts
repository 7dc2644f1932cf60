import { convert, type HtmlToTextOptions } from "html-to-text";
import { cleanLine } from "../../clean-text.ts";
import { isNestedTooDeep } from "../../html/nesting.ts";
import { type HtmlBlock, htmlToBlocks } from "../../html/text.ts";
import { decodePage } from "../../pages/charset.ts";
import type { ParsedBlocks } from "./document.ts";

const TITLE: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxDepth: 200, maxBaseElements: 1 },
  baseElements: { selectors: ["title"], returnDomByDefault: false },
};

/** Attributes and elements by which a page may hide what it says, besides those above. */
const MAY_HIDE = /\b(?:style|color|bgcolor|text|popover)\b|<(?:dialog|object|iframe|select|canvas)\b/iu;

/**
 * What a reader of the page sees: hidden elements, scripts and comments are left out. The charset is that of a byte
 * order mark or a `<meta>`, else UTF-8.
 */
export async function parseHtml(bytes: Uint8Array): Promise<ParsedBlocks> {
  return readHtml(decodePage(bytes, undefined, true));
}

/** Blocks of what a reader of a page sees. */
export async function readHtml(html: string): Promise<ParsedBlocks> {
  return { title: cleanLine(convert(html, TITLE)) || undefined, blocks: await visibleBlocks(html) };
}

/** The page parser is loaded with the first page that needs it; one too deep for it is read as it is. */
async function visibleBlocks(html: string): Promise<HtmlBlock[]> {
  if (!MAY_HIDE.test(html) || isNestedTooDeep(html)) return htmlToBlocks(html, false);
  const [{ parsePage }, { removeHidden }] = await Promise.all([
    import("../../html/dom.ts"),
    import("../../html/hidden.ts"),
  ]);
  const document = parsePage(html);
  removeHidden(document);
  return htmlToBlocks(document.body.innerHTML, true);
}
