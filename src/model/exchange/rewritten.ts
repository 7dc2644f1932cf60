import type { ModelChunk } from "../model.ts";
import type { ReceivedMessage, TurnPiece } from "../../turn.ts";

/**
 * The chunks of a reply. The first text tells how many replies of the turn are kept for another endpoint or model, where the
 * last one is: a turn that has just come from there.
 *
 * @param isForeign which messages cannot be sent back. @default all: the family sends none back
 */
export function tellRewritten(
  chunks: AsyncGenerator<ModelChunk>,
  pieces: readonly TurnPiece[],
  isForeign: (message: ReceivedMessage) => boolean = () => true,
): AsyncGenerator<ModelChunk> {
  const foreign = pieces.filter(({ received }) => received !== undefined && isForeign(received));
  const last = pieces.findLast(({ origin, text }) => origin === "model" && text !== "");
  return last !== undefined && foreign.includes(last) ? telling(chunks, foreign.length) : chunks;
}

async function* telling(chunks: AsyncIterable<ModelChunk>, rewritten: number): AsyncGenerator<ModelChunk> {
  let isTold = false;
  for await (const chunk of chunks) {
    yield chunk.type !== "text" || isTold ? chunk : { ...chunk, rewritten };
    isTold ||= chunk.type === "text";
  }
}
