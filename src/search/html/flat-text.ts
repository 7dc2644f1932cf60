import { Parser } from "htmlparser2";
import { hidesText, isTransparent, readInlineStyle } from "./inline-style.ts";

const NEVER_SHOWN = new Set(
  "title script style template noscript noembed noframes iframe object canvas audio video svg datalist select dialog".split(
    " ",
  ),
);
const INLINE = new Set(
  "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr".split(
    " ",
  ),
);

/**
 * Text of a page that is nested too deep for a tree: tag by tag, one line a block, without what its own attributes hide.
 * Linear time.
 */
export function flatText(html: string): string {
  const parts: string[] = [];
  /** For each open element whether it begins what is hidden. */
  const open: boolean[] = [];
  let hidden = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      const hides = NEVER_SHOWN.has(name) || isHidden(attributes);
      open.push(hides);
      if (hides) hidden++;
      if (!INLINE.has(name)) parts.push("\n");
    },
    ontext(text) {
      if (hidden === 0) parts.push(text.replace(/\s+/gu, " "));
    },
    onclosetag(name) {
      if (open.pop() === true) hidden--;
      if (!INLINE.has(name)) parts.push("\n");
    },
  });
  parser.write(html);
  parser.end();
  return parts
    .join("")
    .replace(/ *\n[\s]*/gu, "\n")
    .trim();
}

function isHidden(attributes: Readonly<Record<string, string>>): boolean {
  if (
    "hidden" in attributes ||
    "popover" in attributes ||
    attributes["aria-hidden"]?.toLowerCase() === "true"
  ) {
    return true;
  }
  const style = readInlineStyle(attributes["style"] ?? "");
  return hidesText(style) || isTransparent(style);
}
