import { AgenticRagError } from "../../errors.ts";
import type { ModelChunk, ModelUsage } from "../model.ts";
import { truncated, type RequestTarget } from "./http-failure.ts";
import type { CallPart } from "./written-call.ts";

type End = Extract<ModelChunk, { type: "end" }>;

/** How a reply ended. */
export type Finish = Pick<End, "finishReason" | "stopReason">;

/** What a part of a reply says besides its text. */
export interface ReplyPart {
  readonly finish?: Finish | undefined;
  /** What is counted by now; what it names replaces what was named before. */
  readonly usage?: ModelUsage | undefined;
  /** The server has said that nothing follows (`[DONE]`), whether it has told a finish or not. */
  readonly isLast?: true;
}

/** A part of a chat's reply, as the server told it apart. */
export interface SaidPart extends ReplyPart {
  readonly reasoning: string;
  /** Where the reasoning stood: in a field of this name, or in blocks of the type `thinking`. */
  readonly reasoningField?:
    | "reasoning_content"
    | "reasoning"
    | "reasoning_details"
    | "thinking blocks"
    | undefined;
  readonly content: string;
  readonly calls: readonly CallPart[];
  /** The message, or the part of one, as it stands in the event. */
  readonly message?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads a reply to its end and yields what `read` makes of each part. What comes after the finish (usage, `[DONE]`) is
 * welcome but not needed: a connection that breaks there has lost nothing.
 *
 * @param isOpen asked where the server says that nothing follows without having told a finish
 * @returns how it ended
 * @throws `model-truncated` when the parts end without a finish, and open; what reading them throws, for a failure that is no mere
 * break after the finish.
 */
export async function* readToEnd<Part extends ReplyPart>(
  parts: AsyncIterable<Part>,
  target: RequestTarget,
  read: (part: Part) => Iterable<ModelChunk> | AsyncIterable<ModelChunk>,
  isOpen: () => boolean = () => true,
): AsyncGenerator<ModelChunk, { readonly finish: Finish; readonly usage: ModelUsage }> {
  let finish: Finish | undefined;
  let usage: ModelUsage = {};
  let isOver = false;
  try {
    for await (const part of parts) {
      yield* read(part);
      finish = part.finish ?? finish;
      usage = { ...usage, ...part.usage };
      isOver ||= part.isLast === true;
    }
  } catch (error) {
    if (finish === undefined || !isBreak(error)) throw error;
  }
  if (finish === undefined && isOver && !isOpen()) finish = { finishReason: "stop" };
  if (finish === undefined) throw truncated(target);
  return { finish, usage };
}

/** Whether a text leaves reasoning or a call open, as far as the usual tags tell. */
export function leavesOpen(text: string): boolean {
  return ["think", "tool_call"].some((tag) => text.lastIndexOf(`<${tag}>`) > text.lastIndexOf(`</${tag}>`));
}

/** Whether a reply ended by its connection alone, so that it can be continued. */
export function isCut(error: unknown): boolean {
  return !AgenticRagError.isInstance(error) || error.code === "model-truncated";
}

/** Whether only the connection failed, and nothing was said to be wrong. */
function isBreak(error: unknown): boolean {
  if (!AgenticRagError.isInstance(error)) return true;
  return error.code === "model-timeout" || error.code === "model-truncated";
}
