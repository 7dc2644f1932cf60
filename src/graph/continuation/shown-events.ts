import { type CitedListener, createPlainStream } from "../../citation/plain-stream.ts";
import type { Protocol, ProtocolEvent } from "../../protocol/protocol.ts";

export interface ShownOptions {
  /** Whether a source of this run is or names an address: a link to it may be streamed. */
  readonly isKnown: (address: string) => boolean;
  /** Told what an answer cites while it is written; `undefined` where no source is read ahead. */
  readonly onCited?: CitedListener | undefined;
}

/**
 * The events of a reader as every stream shows them, without images, HTML and what acts on a terminal; of reasoning,
 * which nobody checks, also without links. `final`: nothing follows.
 *
 * @param protocol whether the model was asked to cite: `[1]` means something in its answer then
 */
export function createShownEvents({
  protocol,
  isKnown,
  onCited,
}: ShownOptions & { readonly protocol: Pick<Protocol, "citesSources"> }) {
  const streams = {
    "reasoning-delta": createPlainStream(),
    "answer-delta": createPlainStream({ isKnown, numbers: protocol.citesSources, onCited, eager: true }),
  };
  let last: keyof typeof streams = "reasoning-delta";
  const rest = (): readonly ProtocolEvent[] => deltaOf(last, streams[last].end());
  const shown = (event: ProtocolEvent): readonly ProtocolEvent[] => {
    if (event.type !== "reasoning-delta" && event.type !== "answer-delta") return [...rest(), event];
    const before = event.type === last ? [] : rest();
    last = event.type;
    return [...before, ...deltaOf(last, streams[last].add(event.text))];
  };
  return (events: readonly ProtocolEvent[], final = false): readonly ProtocolEvent[] =>
    joined([...events.flatMap(shown), ...(final ? rest() : [])]);
}

/** Pieces of one kind that come together are one. */
function joined(events: readonly ProtocolEvent[]): readonly ProtocolEvent[] {
  const out: ProtocolEvent[] = [];
  for (const event of events) {
    const before = out.at(-1);
    const isDelta = event.type === "reasoning-delta" || event.type === "answer-delta";
    if (isDelta && before?.type === event.type)
      out.splice(-1, 1, { ...event, text: before.text + event.text });
    else out.push(event);
  }
  return out;
}

function deltaOf(type: "reasoning-delta" | "answer-delta", text: string): readonly ProtocolEvent[] {
  return text === "" ? [] : [{ type, text }];
}
