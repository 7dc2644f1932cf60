/** The parser's time grows with the size of a page times its depth; no results page is near this. */
const MAX_DEPTH = 2_000;

const TAG = /<(\/?)([a-z][a-z0-9]*)/giu;
const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));

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
