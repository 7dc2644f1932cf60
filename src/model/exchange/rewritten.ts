import type { ModelChunk } from "../model.ts";
import type { ReceivedMessage, TurnPiece } from "../../turn.ts";

/**
 * The chunks of a reply. The first text tells how many replies of the turn are kept for another endpoint or model, where the
 * last one is: a turn that has just come from there.
 *
 * @param isForeign which messages cannot be sent back. @default all: the family sends none back
 */
export async function* tellRewritten(
  chunks: AsyncIterable<ModelChunk>,
  pieces: readonly TurnPiece[],
  isForeign: (message: ReceivedMessage) => boolean = () => true,
): AsyncGenerator<ModelChunk> {
  const foreign = pieces.filter(({ received }) => received !== undefined && isForeign(received));
  const last = pieces.findLast(({ origin, text }) => origin === "model" && text !== "");
  let rewritten = last !== undefined && foreign.includes(last) ? foreign.length : 0;
  for await (const chunk of chunks) {
    if (chunk.type !== "text" || rewritten === 0) yield chunk;
    else {
      yield { ...chunk, rewritten };
      rewritten = 0;
    }
  }
}
