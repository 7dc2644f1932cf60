import { scanJson } from "../call-json.ts";
import { beginsPython } from "./written-calls.ts";

/** A tag within a value is looked at together with so much of its line, in UTF-16 units. */
const MAX_LINE = 500;

const GEMMA_QUOTE = '<|"|>';

/** The value that may be open at the end of a call: how it ends, or `undefined` where none is open. */
function openValue(body: string): { readonly closes: (rest: string) => boolean } | undefined {
  if (!/^\s*(?:```\w*\s*)?[{[]/.test(body)) {
    if (body.includes(GEMMA_QUOTE)) {
      const isOpen = body.split(GEMMA_QUOTE).length % 2 === 0;
      return isOpen ? { closes: (rest) => rest.includes(GEMMA_QUOTE) } : undefined;
    }
    const opened = lastMatch(
      body,
      /<(?:parameter|arg_value|｜DSML｜parameter)\b[^<>]*>|<\|open\|>argument[^<]*<\|sep\|>/g,
    );
    if (opened >= 0) {
      const closed = lastMatch(body, /<\/(?:parameter|arg_value|｜DSML｜parameter)>|<\|close\|>argument/g);
      const isOpen = opened > closed && !/<\/(?:function|invoke|｜DSML｜invoke)>\s*$/.test(body);
      return isOpen ? { closes: (rest) => rest.trim() !== "" } : undefined;
    }
  }
  const json = body.search(/[{[]/);
  const { quote } = scanJson(json < 0 ? "" : body.slice(json));
  const end = quote === "'" ? /(?<!\\)'/ : /(?<!\\)"/;
  return quote === "" ? undefined : { closes: (rest) => end.test(rest) };
}

function lastMatch(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].at(-1)?.index ?? -1;
}

/**
 * Whether a tag behind `body` stands within a value of the call, such as a query about that tag: one is open there, and
 * it goes on behind the tag on the same line. `undefined` while that line has not come far enough to tell.
 *
 * @param rest what follows the tag
 * @param ended nothing comes behind `rest`
 */
export function isQuotedAt(body: string, rest: string, ended: boolean): boolean | undefined {
  const value = openValue(body);
  if (value === undefined) return false;
  const [line = ""] = rest.split("\n", 1);
  if (value.closes(line)) return true;
  return ended || line.length < rest.length || line.length > MAX_LINE ? false : undefined;
}

/** Whether a call may go on: it ends within a value. */
export function endsInValue(body: string): boolean {
  return openValue(body) !== undefined;
}

/** Whether a call without its closing tag has all the rest. */
export function isWholeBody(body: string): boolean {
  if (openValue(body) !== undefined) return false;
  if (/<\/(?:function|invoke|parameter|arg_value|arguments|｜DSML｜invoke)>\s*$/.test(body)) return true;
  if (/<\|close\|>call[^<]*<\|sep\|>\s*$|<[|｜]tool[_▁]call[_▁]end[|｜]>\s*$/.test(body)) return true;
  if (beginsPython(body)) return /\)\s*(?:\]\s*)?$/.test(body);
  const json = body.search(/[{[]/);
  if (json < 0) return false;
  const { depth, quote, seen } = scanJson(body.slice(json).replaceAll(GEMMA_QUOTE, '"'));
  return seen && depth === 0 && quote === "";
}
