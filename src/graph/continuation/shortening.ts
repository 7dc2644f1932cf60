import type { Protocol, Segment } from "../../protocol/protocol.ts";

/** What is left of a response that is cut as short as can be, in UTF-16 units. */
const SHORTENED_LENGTH = 400;

/** Tags around a response, and the words that say where it was cut, take about so much. */
const FRAME = 100;

/**
 * The turn without so many UTF-16 units of its search responses, for a model whose context is full. The oldest ones go
 * first, each from its end, where the least relevant sources stand; only when one is as short as can be, the next one is
 * cut. So the newest stays whole as long as it can, and what is cut further later leaves the prompt before it as it is.
 */
export function shortenOldest(
  protocol: Protocol,
  turn: readonly Segment[],
  units: number,
): readonly Segment[] {
  let left = units;
  return turn.map((segment) => {
    if (segment.origin !== "search" || left <= 0) return segment;
    const goes = Math.min(left, spare(segment));
    left -= goes;
    if (goes === 0) return segment;
    const text = protocol.condense(segment.text, segment.text.length - FRAME - goes);
    return { origin: segment.origin, text };
  });
}

/** UTF-16 units that a turn can do without. */
export function spareOf(turn: readonly Segment[]): number {
  return turn.reduce((sum, segment) => sum + (segment.origin === "search" ? spare(segment) : 0), 0);
}

/**
 * How many units to leave out next; `null` where all is gone that can go.
 *
 * @param bytes of UTF-8 that have to go besides; undefined where nobody says how much is too much: a quarter of all
 */
export function shortenMore(
  turn: readonly Segment[],
  units: number,
  bytes: number | undefined,
): number | null {
  const most = spareOf(turn);
  if (units >= most) return null;
  const responses = turn
    .filter(({ origin }) => origin === "search")
    .map(({ text }) => text)
    .join("");
  const step = bytes === undefined ? most / 4 : (bytes * responses.length) / Buffer.byteLength(responses);
  return Math.min(most, units + Math.max(1, Math.ceil(step)));
}

function spare({ text }: Segment): number {
  return Math.max(0, text.length - SHORTENED_LENGTH - FRAME);
}
