import { convert, type HtmlToTextOptions } from "html-to-text";

/** What hides text in a piece of a page. For a whole page `removeHidden` knows more. */
const HIDDEN = [
  "head",
  "script",
  "style",
  "template",
  "noscript",
  "svg",
  "[hidden]",
  '[aria-hidden="true" i]',
  '[style*="display:none" i]',
  '[style*="display: none" i]',
  '[style*="visibility:hidden" i]',
  '[style*="visibility: hidden" i]',
];
const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];

const FURTHER_CELLS = ["td + td", "td + th", "th + td", "th + th"];

/** For what `removeHidden` has gone through. */
const SHOWN = {
  wordwrap: false,
  limits: { maxDepth: 200 },
  selectors: [
    ...skip(["img"]),
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

const TEXT: HtmlToTextOptions = { ...SHOWN, selectors: [...skip(HIDDEN), ...SHOWN.selectors] };

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
