import { AgenticRagError } from "../../errors.ts";
import type { EchoFilter, TurnText } from "./text.ts";
import { type RequestTarget, truncated } from "../exchange/http-failure.ts";
import type { ModelChunk, ModelUsage } from "../model.ts";
import { createWrittenCalls, type CallPart, type WrittenCall } from "../exchange/written-call.ts";

type End = Extract<ModelChunk, { type: "end" }>;

/** How a reply ended. */
export type Finish = Pick<End, "finishReason" | "stopReason">;

/** A part of a reply, as the server told it apart. */
export interface SaidPart {
  readonly reasoning: string;
  /** Where the reasoning stood: in a field of this name, or in blocks of the type `thinking`. */
  readonly reasoningField?: "reasoning_content" | "reasoning" | "thinking blocks" | undefined;
  readonly content: string;
  readonly calls: readonly CallPart[];
  readonly finish?: Finish | undefined;
  /** What is counted by now; what it names replaces what was named before. */
  readonly usage?: ModelUsage | undefined;
}

export interface TurnReading {
  readonly target: RequestTarget;
  readonly turn: TurnText;
  /** Takes the given text off the beginning of the content, where it is said once more. */
  readonly echo: EchoFilter | undefined;
  /** Gives a call that the server parsed out of the text back as text. */
  readonly callText: ((call: WrittenCall) => string) | undefined;
}

/**
 * The chunks of a reply, with everything that the server told apart put back into one text. What comes after the finish
 * is welcome but not needed: a connection that breaks there has lost nothing.
 *
 * @throws `model-truncated` when the parts end without a finish, `model-bad-reply` for a call where there is no
 * `callText`, and what reading the parts throws.
 */
export async function* readTurn(
  parts: AsyncIterable<SaidPart>,
  { target, turn, echo, callText }: TurnReading,
): AsyncGenerator<ModelChunk> {
  const calls = createWrittenCalls();
  let finish: Finish | undefined;
  let usage: ModelUsage = {};
  try {
    for await (const part of parts) {
      const text = turn.reasoning(part.reasoning) + turn.content(echo?.feed(part.content) ?? part.content);
      if (text !== "") yield { type: "text", text };
      for (const call of part.calls) calls.add(call);
      finish = part.finish ?? finish;
      usage = { ...usage, ...part.usage };
    }
  } catch (error) {
    if (finish === undefined || !isBreak(error)) throw error;
  }
  if (finish === undefined) throw truncated(target);
  const rest = turn.content(echo?.rest() ?? "") + turn.rest();
  const called = writtenAs(calls.whole(finish.finishReason === "stop"), callText, target);
  if (rest + called !== "") yield { type: "text", text: rest + called };
  yield { type: "end", ...finish, usage };
}

/** Whether only the connection failed, and nothing was said to be wrong. */
export function isBreak(error: unknown): boolean {
  if (!AgenticRagError.isInstance(error)) return true;
  return error.code === "model-timeout" || error.code === "model-truncated";
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
