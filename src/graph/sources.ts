import { canonicalUrl } from "../citation/check.ts";
import type { NumberedResult } from "../protocol/protocol.ts";
import type { SearchResult } from "../search/engine.ts";
import { findEcho, seenText } from "./echo.ts";
import type { Source } from "./state.ts";

/**
 * Gives results their numbers: an address keeps the one it has, a new one takes the next. A text that an earlier source
 * says as well, whatever its address, comes with a note of that.
 */
export function createNumbering(known: readonly Source[]) {
  const sources = [...known];
  const added: Source[] = [];
  const seen = known.map(({ number, text }) => seenText(number, text));
  let next = Math.max(0, ...known.map(({ number }) => number)) + 1;
  return {
    /** The passages that are new to this run, in order. */
    added,
    number(result: SearchResult): NumberedResult {
      const same = sources.filter((source) => isSamePlace(source, result));
      const shown = same.find(({ text }) => text === result.text);
      if (shown !== undefined) return { ...shown, shownBefore: true };
      const source: Source = {
        number: same[0]?.number ?? next,
        title: result.title,
        url: result.url,
        text: result.text,
        ...(result.date !== undefined && { date: result.date }),
      };
      if (same.length === 0) next += 1;
      const echo = findEcho(source.text, seen);
      sources.push(source);
      added.push(source);
      seen.push(seenText(source.number, source.text));
      return { ...source, shownBefore: false, ...(echo !== undefined && { echo }) };
    },
  };
}

function isSamePlace(source: Source, result: SearchResult): boolean {
  if (source.url === "" || result.url === "")
    return source.url === result.url && source.title === result.title && source.text === result.text;
  return canonicalUrl(source.url) === canonicalUrl(result.url);
}
