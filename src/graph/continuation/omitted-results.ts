import type { Protocol, Segment } from "../../protocol/protocol.ts";
import type { RunLimits } from "../context.ts";
import type { Opening } from "../state.ts";
import { NO_USAGE, type Usage } from "../usage.ts";
import { roomFor, tokensWithout } from "./room.ts";
import { shortenOldest, spareOf } from "./shortening.ts";

/**
 * Stands for a result that is not shown any more: the words that MiroThinker was trained with.
 * Source: https://github.com/MiroMindAI/MiroThinker
 */
const OMITTED = "Tool result is omitted to save tokens.";

/** The turn as a model is shown it that is to see the last `keep` results alone, with all its words and calls. */
export function omitOldest(
  protocol: Protocol,
  turn: readonly Segment[],
  keep: number | undefined,
): readonly Segment[] {
  return omitFirst(protocol, turn, resultsBeyond(turn, keep));
}

function omitFirst(protocol: Protocol, turn: readonly Segment[], count: number): readonly Segment[] {
  let left = count;
  return turn.map((segment) => {
    if (segment.origin !== "search" || left === 0) return segment;
    left -= 1;
    return { origin: segment.origin, text: protocol.omit(segment.text, OMITTED) };
  });
}

/** How many results of a turn are not shown. */
function resultsBeyond(turn: readonly Segment[], keep: number | undefined): number {
  if (keep === undefined) return 0;
  return Math.max(0, turn.filter(({ origin }) => origin === "search").length - keep);
}

/** What a step begins with: results that it is the first not to show are counted, and the context is that much emptier. */
export function afterOmitting({
  protocol,
  opening,
  transcript,
  limits,
  used,
  condensed,
  inContext,
}: {
  readonly protocol: Protocol;
  readonly opening: Pick<Opening, "messages" | "model">;
  readonly transcript: readonly Segment[];
  readonly limits: Pick<RunLimits, "keepResults">;
  readonly used: Usage;
  readonly condensed: number;
  readonly inContext: number;
}): { readonly condensed: number; readonly inContext: number; readonly usage: Usage } {
  const count = resultsBeyond(transcript, limits.keepResults);
  const before = used.omittedResults ?? 0;
  if (count <= before) return { condensed, inContext, usage: NO_USAGE };
  const [was, is] = [omitFirst(protocol, transcript, before), omitFirst(protocol, transcript, count)];
  // what was cut from the oldest results is gone with them
  const cut = Math.max(0, condensed - (spareOf(was) - spareOf(is)));
  const shown = shortenOldest(protocol, was, condensed);
  const bytes = bytesOf(shown) - bytesOf(shortenOldest(protocol, is, cut));
  const { contextTokens: window } = opening.model;
  const room = roomFor(opening.messages, shown, { window, counted: inContext });
  return {
    condensed: cut,
    inContext: tokensWithout(inContext, room, bytes),
    usage: { ...NO_USAGE, omittedResults: count - before },
  };
}

function bytesOf(turn: readonly Segment[]): number {
  return turn.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
}
