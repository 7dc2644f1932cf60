/** What the engines read of an HTML document. */
export interface HtmlNode {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  querySelector(selectors: string): HtmlNode | null;
  querySelectorAll(selectors: string): Iterable<HtmlNode>;
}

/** The parser's time grows with the size of a page times its depth; no results page is near this. */
const MAX_DEPTH = 2_000;

const TAG = /<(\/?)([a-z][a-z0-9]*)/giu;
const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));

/**
 * A page as a document whose scripts do not run. `undefined` for one that is nested so deep that reading it would hold
 * up everything else. The parser is loaded by the first call.
 */
export async function parseHtmlPage(html: string): Promise<HtmlNode | undefined> {
  if (isNestedTooDeep(html)) return undefined;
  const { parseHTML } = await import("linkedom");
  const document: HtmlNode = parseHTML(html).document;
  return document;
}

/** Counts tags that are opened and not closed: more than there are where a page leaves out end tags, never fewer. */
export function isNestedTooDeep(html: string): boolean {
  let depth = 0;
  for (const [, slash, name = ""] of html.matchAll(TAG)) {
    if (VOID.has(name.toLowerCase())) continue;
    depth = slash === "/" ? Math.max(depth - 1, 0) : depth + 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
