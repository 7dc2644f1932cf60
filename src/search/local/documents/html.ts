import { convert, type HtmlToTextOptions } from "html-to-text";
import { cleanLine } from "../../clean-text.ts";
import { isNestedTooDeep } from "../../engines/wire/html-page.ts";
import { decodePage } from "../../pages/charset.ts";
import type { ParsedFile } from "./document.ts";

const HIDDEN = [
  "head",
  "script",
  "style",
  "template",
  "noscript",
  "svg",
  "img",
  "[hidden]",
  '[aria-hidden="true" i]',
  '[style*="display:none" i]',
  '[style*="display: none" i]',
];
const TRANSPARENT = ['[style*="visibility:hidden" i]', '[style*="visibility: hidden" i]'];
const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];

const FURTHER_CELLS = ["td + td", "td + th", "th + td", "th + th"];

/** For what `removeHidden` has gone through. */
const SHOWN = {
  wordwrap: false,
  limits: { maxDepth: 200 },
  selectors: [
    ...skip(HIDDEN),
    ...HEADINGS.map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: "a", options: { ignoreHref: true } },
    { selector: "ul", options: { itemPrefix: "- " } },
    { selector: "tr", format: "block", options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    ...FURTHER_CELLS.map((selector) => ({
      selector,
      format: "inlineSurround",
      options: { prefix: " | ", suffix: "" },
    })),
  ],
} satisfies HtmlToTextOptions;

const TEXT: HtmlToTextOptions = { ...SHOWN, selectors: [...skip(TRANSPARENT), ...SHOWN.selectors] };

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
export async function parseHtml(bytes: Uint8Array): Promise<ParsedFile> {
  const html = decodePage(bytes, undefined, true);
  return { title: cleanLine(convert(html, TITLE)) || undefined, text: await visibleText(html) };
}

/** The page parser is loaded with the first page that needs it; one too deep for it is read as it is. */
async function visibleText(html: string): Promise<string> {
  if (!MAY_HIDE.test(html) || isNestedTooDeep(html)) return htmlToText(html);
  const [{ parsePage }, { removeHidden }] = await Promise.all([
    import("../../pages/html/dom.ts"),
    import("../../pages/html/hidden.ts"),
  ]);
  const document = parsePage(html);
  removeHidden(document);
  return shownToText(document.body.innerHTML);
}

/** Text of a page that `removeHidden` has gone through. */
export function shownToText(html: string): string {
  return convert(html, SHOWN);
}

/** Text of a page or of a piece of one, without what is plainly hidden. */
export function htmlToText(html: string): string {
  return convert(html, TEXT);
}

function skip(selectors: readonly string[]): { readonly selector: string; readonly format: "skip" }[] {
  return selectors.map((selector) => ({ selector, format: "skip" }));
}
