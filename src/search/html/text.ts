import { convert, type FormatCallback, type HtmlToTextOptions } from "html-to-text";
import { flatText } from "./flat-text.ts";
import { isNestedTooDeep } from "./nesting.ts";

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

/** Stands where the converter gave up. A private character, which no page shows. */
const CUT = "\u{F0000}";
/** Stands before a heading, with its level behind. */
const HEADING = "\u{F0001}";

/** For what `removeHidden` has gone through. */
const SHOWN = {
  wordwrap: false,
  limits: { maxDepth: 200, ellipsis: CUT },
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

const TEXT = { ...SHOWN, selectors: [...skip(HIDDEN), ...SHOWN.selectors] } satisfies HtmlToTextOptions;

/** Text of a page that `removeHidden` has gone through. */
export function shownToText(html: string): string {
  return toText(html, SHOWN);
}

/** Text of a page or of a piece of one, without what is plainly hidden. */
export function htmlToText(html: string): string {
  return toText(html, TEXT);
}

/** A heading of a level from 1 to 6, or what stands between two of them. */
export interface HtmlBlock {
  readonly level?: number;
  readonly text: string;
}

/** The same text, parted at its headings. `isShown` where `removeHidden` has gone through. */
export function htmlToBlocks(html: string, isShown: boolean): HtmlBlock[] {
  const base = isShown ? SHOWN : TEXT;
  const selectors = [
    ...base.selectors,
    ...HEADINGS.map((selector) => ({ selector, format: "marked", options: {} })),
  ];
  const text = toText(html.replace(/[\u{F0000}\u{F0001}]/gu, ""), {
    ...base,
    selectors,
    formatters: { marked },
  });
  return text.split(/\n*(?=\u{F0001}\d)/u).flatMap((part): HtmlBlock[] => {
    if (!part.startsWith(HEADING)) return [{ text: part }];
    const [heading = "", ...rest] = part.slice(HEADING.length + 1).split(/\n{2,}/u);
    return [{ level: Number(part[HEADING.length]), text: heading }, { text: rest.join("\n\n") }];
  });
}

const marked: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  builder.addInline(`${HEADING}${(element.name ?? "").slice(1)}`);
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2 });
};

function toText(html: string, options: HtmlToTextOptions): string {
  const text = isNestedTooDeep(html) ? CUT : convert(html, options);
  return text.includes(CUT) ? flatText(html) : text;
}

function skip(selectors: readonly string[]): { readonly selector: string; readonly format: "skip" }[] {
  return selectors.map((selector) => ({ selector, format: "skip" }));
}
