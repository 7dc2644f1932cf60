import { canonicalUrl } from "../citation/check.ts";
import { plainLine } from "../citation/plain-stream.ts";
import type { NumberedResult } from "../protocol/protocol.ts";
import type { SearchResult } from "../search/engine.ts";
import type { RunLimits } from "./context.ts";
import { findEcho, seenText, type SeenText } from "./echo.ts";
import type { RunState, Source } from "./state.ts";

/**
 * Whether a text that was shown before may be pointed at: not where it may have been condensed, or is shown cut short
 * because the model's context was full, or not any more.
 */
export function mayRefer(
  { condensed }: Pick<RunState, "condensed">,
  { condenseResults, keepResults }: RunLimits,
): boolean {
  return condensed === 0 && !condenseResults && keepResults === undefined;
}

/**
 * Gives results their numbers: an address keeps the one it has, a new one takes the next. A text that an earlier source
 * says as well, whatever its address, comes with a note of that, unless `refer` is false.
 */
export function createNumbering(known: readonly Source[], { refer }: { readonly refer: boolean }) {
  const places = new Map<string, Source[]>();
  const added: Source[] = [];
  const seen = known.map((source) => readingOf(source).seen);
  const at = (place: string): Source[] => {
    const there = places.get(place) ?? [];
    places.set(place, there);
    return there;
  };
  for (const source of known) at(readingOf(source).place).push(source);
  let next = Math.max(0, ...known.map(({ number }) => number)) + 1;
  return {
    /** The passages that are new to this run, in order. */
    added,
    number(result: SearchResult): NumberedResult {
      const place = placeKeyOf(result);
      const same = at(place);
      const shown = same.find(({ text }) => text === result.text);
      if (shown !== undefined) return { ...shown, shownBefore: refer };
      const source: Source = {
        number: same[0]?.number ?? next,
        title: result.title,
        url: result.url,
        text: result.text,
        ...(result.date !== undefined && { date: result.date }),
      };
      if (same.length === 0) next += 1;
      const echo = refer ? findEcho(source.text, seen) : undefined;
      same.push(source);
      added.push(source);
      seen.push(readingOf(source, place).seen);
      return { ...source, shownBefore: false, ...(echo !== undefined && { echo }) };
    },
  };
}

/** Signs of which no address, mark or markup can be made: most titles have no others. */
const PLAIN_TITLE = /^[A-Za-z0-9,()'":?!-]+(?: [A-Za-z0-9,()'":?!-]+)*$/;

/** A source as events show it to people: its title is plain text. */
export function placeOf({ number, title, url }: Pick<Source, "number" | "title" | "url">) {
  return { number, title: PLAIN_TITLE.test(title) ? title : plainLine(title), url };
}

/** What is read off a source, once: the state hands each step the same ones. */
interface Reading {
  readonly place: string;
  readonly seen: SeenText;
}

const readBefore = new WeakMap<Source, Reading>();

/** @param place where that is known */
function readingOf(source: Source, place?: string): Reading {
  const before = readBefore.get(source);
  if (before !== undefined) return before;
  const reading = { place: place ?? placeKeyOf(source), seen: seenText(source.number, source.text) };
  readBefore.set(source, reading);
  return reading;
}

/** The same for what is at the same address, or where there is none, for what is the same in all. */
function placeKeyOf({ title, url, text }: Pick<Source, "title" | "url" | "text">): string {
  return url === "" ? `\n${JSON.stringify([title, text])}` : canonicalUrl(url);
}

type Asked = Pick<RunState, "queries" | "readings">;

/**
 * True for an answer that nothing was looked up for: no search and no page, in a run that may search. Not for small talk
 * of the offline reader, which says nothing else without a source.
 */
export function restsOnNoSource({
  answered,
  queries,
  readings,
  opening,
}: Asked & Pick<RunState, "answered" | "opening">): boolean {
  return answered && queries.length === 0 && readings.length === 0 && opening?.model.family !== "offline";
}

/** True when there were searches, none of them was answered, and no page was read either. */
export function everySearchFailed({ queries, readings }: Asked): boolean {
  const isRead = readings.some(({ status }) => status === "read");
  return !isRead && queries.length > 0 && queries.every(({ status }) => status === "failed");
}
