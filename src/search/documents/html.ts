import { convert, type HtmlToTextOptions } from "html-to-text";
import { cleanLine } from "../clean-text.ts";
import type { ParsedFile } from "./document.ts";
import { decodeText } from "./plain-text.ts";

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
  '[style*="visibility:hidden" i]',
  '[style*="visibility: hidden" i]',
];
const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];

const FURTHER_CELLS = ["td + td", "td + th", "th + td", "th + th"];

const TEXT: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxDepth: 200 },
  selectors: [
    ...HIDDEN.map((selector) => ({ selector, format: "skip" })),
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
};

const TITLE: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxDepth: 200, maxBaseElements: 1 },
  baseElements: { selectors: ["title"], returnDomByDefault: false },
};

/** What a reader of the page sees: hidden elements, scripts and comments are left out. */
export function parseHtml(bytes: Uint8Array): ParsedFile {
  const html = decodeText(bytes);
  return { title: cleanLine(convert(html, TITLE)) || undefined, text: htmlToText(html) };
}

/** Text of a page or of a piece of one. */
export function htmlToText(html: string): string {
  return convert(html, TEXT);
}
