import type { Protocol, Segment } from "../../protocol/protocol.ts";

/** What is left of a response that is cut short, in UTF-16 units. */
const SHORTENED_LENGTH = 400;

/** The turn with its oldest search responses cut short, for a model whose context is full. */
export function shortenOldest(
  protocol: Protocol,
  turn: readonly Segment[],
  count: number,
): readonly Segment[] {
  let left = count;
  return turn.map((segment) => {
    if (segment.origin !== "search" || left <= 0) return segment;
    left -= 1;
    return { origin: segment.origin, text: protocol.condense(segment.text, SHORTENED_LENGTH) };
  });
}

/** How many responses to cut short next: the older half, then all; `null` when that was done already. */
export function shortenMore(turn: readonly Segment[], count: number): number | null {
  const responses = turn.filter(({ origin }) => origin === "search").length;
  const half = Math.ceil(responses / 2);
  if (count < half) return half;
  return count < responses ? responses : null;
}
