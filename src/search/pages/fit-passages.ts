import { cutText } from "../outcome.ts";
import { locatePassages } from "../local/passages.ts";
import { scorePassages } from "./passage-score.ts";

/** What stands where something was left out, in the middle and at the end. */
const GAP = " … ";
const END = " …";
/** Part of the room that the beginning may take. */
const LEAD_PART = 1 / 3;

/** A stretch of the text, with its place among the passages. */
interface Passage {
  readonly index: number;
  readonly start: number;
  readonly text: string;
}

/**
 * A text in at most `maxBytes` of UTF-8: its beginning, and the passages that hold the words of `query`, in the order
 * of the text with ` … ` for what was left out. Without a query, or without its words in the text, the beginning alone.
 */
export function fitPassages(text: string, query: string | undefined, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const passages = locatePassages(text).map((passage, index) => ({ index, ...passage }));
  const [lead, ...others] = passages;
  const ranked = rankPassages(passages, query).filter(({ index }) => index > 0);
  if (lead === undefined || ranked.length === 0) return cutText(text, maxBytes);
  const beginning = cutText(lead.text, Math.floor(maxBytes * LEAD_PART));
  const chosen: Passage[] = [{ ...lead, text: beginning }];
  let rest = maxBytes - Buffer.byteLength(beginning) - Buffer.byteLength(END);
  for (const passage of ranked) {
    const room = rest - Buffer.byteLength(GAP);
    const kept = chosen.length === 1 ? cutText(passage.text, room) : passage.text;
    const bytes = Buffer.byteLength(kept);
    if (kept === "" || bytes > room) continue;
    chosen.push({ ...passage, text: kept });
    rest = room - bytes;
  }
  return chosen.length === 1 ? cutText(text, maxBytes) : join(chosen, text, others.length);
}

/** Those that hold something of the query, best first. */
function rankPassages(passages: readonly Passage[], query: string | undefined): Passage[] {
  if (query === undefined) return [];
  const scores = scorePassages(
    passages.map((passage) => passage.text),
    query,
  );
  const scoreOf = ({ index }: Passage): number => scores[index] ?? 0;
  return passages
    .filter((passage) => scoreOf(passage) > 0)
    .sort((a, b) => scoreOf(b) - scoreOf(a) || a.index - b.index);
}

function join(chosen: readonly Passage[], text: string, last: number): string {
  let joined = "";
  let before: Passage | undefined;
  for (const passage of [...chosen].sort((a, b) => a.index - b.index)) {
    joined += before === undefined ? passage.text : separate(before, passage, text) + passage.text;
    before = passage;
  }
  return joined.endsWith(END) || before?.index === last ? joined : joined + END;
}

/** What stands between two passages: their own space where nothing is left out. */
function separate(before: Passage, passage: Passage, text: string): string {
  if (before.text.endsWith(END)) return " ";
  const between = text.slice(before.start + before.text.length, passage.start);
  if (before.index + 1 < passage.index) return GAP;
  return between.includes("\n") ? (/\n[^\S\n]*\n/u.test(between) ? "\n\n" : "\n") : between.slice(0, 1);
}
