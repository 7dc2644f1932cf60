import type { WrittenCall } from "../../turn.ts";
import { AgenticRagError } from "../../errors.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import { readToEnd, type SaidPart } from "../exchange/read-to-end.ts";
import { createWrittenCalls } from "../exchange/written-call.ts";
import type { ModelChunk } from "../model.ts";
import type { EchoFilter, TurnText } from "./text.ts";

export interface TurnReading {
  readonly target: RequestTarget;
  readonly turn: TurnText;
  /** Takes the given text off the beginning of the content, where it is said once more. */
  readonly echo: EchoFilter | undefined;
  /** Gives a call that the server parsed out of the text back as text. */
  readonly callText: ((call: WrittenCall) => string) | undefined;
  /** As in `ContinuationOptions`, of the text of this reply. */
  readonly isOpen: (text: string) => boolean;
}

/**
 * The chunks of a reply, with everything that the server told apart put back into one text.
 *
 * @throws `model-truncated` when the parts end without a finish, or open, `model-bad-reply` for a call where there is no
 * `callText`, and what reading the parts throws.
 */
export async function* readTurn(
  parts: AsyncIterable<readonly SaidPart[]>,
  { target, turn, echo, callText, isOpen }: TurnReading,
): AsyncGenerator<ModelChunk> {
  const calls = createWrittenCalls();
  let said = "";
  let called = false;
  const { finish, usage } = yield* readToEnd(
    parts,
    target,
    (part) => {
      const text = turn.reasoning(part.reasoning) + turn.content(echo?.feed(part.content) ?? part.content);
      said += text;
      called ||= part.calls.length > 0;
      for (const call of part.calls) calls.add(call);
      return text === "" ? [] : [{ type: "text", text }];
    },
    () => called || isOpen(said),
  );
  const rest = turn.content(echo?.rest() ?? "") + turn.rest();
  const callWritten = writtenAs(calls.whole(finish.finishReason === "stop"), callText, target);
  if (rest + callWritten !== "") yield { type: "text", text: rest + callWritten };
  // no stop string of ours ended a reply with a call
  yield { type: "end", ...finish, ...(callWritten !== "" && { stopReason: null }), usage };
}

/** A turn has one call at its end; what a server found behind the first is not text of this turn. */
function writtenAs(
  [call]: readonly WrittenCall[],
  callText: TurnReading["callText"],
  target: RequestTarget,
): string {
  if (call === undefined) return "";
  if (callText !== undefined) return callText(call);
  throw new AgenticRagError(
    "model-bad-reply",
    `The model server at ${target.baseUrl} turned text into a tool call. ` +
      "Start it without a tool-call parser, or use an endpoint for raw completions.",
  );
}
