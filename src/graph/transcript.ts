import type { Segment } from "../protocol/protocol.ts";

export function textOf(segments: readonly Segment[]): string {
  return segments.map(({ text }) => text).join("");
}

/**
 * The segments that the last generation wrote: from the last model segment on, with the closing tag that the runtime
 * may have had to add. Empty when something was spliced since.
 */
export function lastGeneration(segments: readonly Segment[]): readonly Segment[] {
  const at = segments.findLastIndex(({ origin }) => origin === "model");
  const tail = at < 0 ? [] : segments.slice(at);
  return tail.some(({ origin }) => origin === "search") ? [] : tail;
}
