import { AgenticRagError } from "../../errors.ts";
import { parseJson } from "../../net/json.ts";
import type { ModelChunk, ModelUsage } from "../model.ts";
import { badReply, truncated, type RequestTarget } from "./http-failure.ts";
import type { CallPart } from "./written-call.ts";

type End = Extract<ModelChunk, { type: "end" }>;
type TextChunk = Extract<ModelChunk, { type: "text" }>;

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

/** What `[DONE]` says in a chat. */
export const LAST_SAID: SaidPart = { reasoning: "", content: "", calls: [], isLast: true };

/**
 * What the events of a reply say, as `read` takes them, up to `[DONE]` where a server writes that. Those that came together
 * stay together.
 *
 * @param last what `[DONE]` says
 * @throws `model-bad-reply` for an event that is not JSON, and what `read` throws, behind the parts before it
 */
export async function* partsOf<Part extends ReplyPart>(
  events: AsyncIterable<readonly string[]>,
  target: RequestTarget,
  read: (event: unknown, target: RequestTarget) => readonly Part[],
  last: Part,
): AsyncGenerator<readonly Part[]> {
  for await (const batch of events) {
    const parts: Part[] = [];
    try {
      for (const data of batch) {
        if (data.trim() === "[DONE]") {
          parts.push(last);
          break;
        }
        const event = parseJson(data);
        if (event === undefined) throw badReply(target, "an event that is not JSON");
        parts.push(...read(event, target));
      }
    } catch (error) {
      yield parts;
      throw error;
    }
    yield parts;
    if (parts.at(-1) === last) return;
  }
}

/**
 * Reads a reply to its end and yields what `read` makes of each part; texts that came together are one. What comes after the
 * finish (usage, `[DONE]`) is welcome but not needed: a connection that breaks there has lost nothing.
 *
 * @param isOpen asked where the server says that nothing follows without having told a finish
 * @returns how it ended
 * @throws `model-truncated` when the parts end without a finish, and open; what reading them throws, for a failure that is no mere
 * break after the finish.
 */
export async function* readToEnd<Part extends ReplyPart>(
  batches: AsyncIterable<readonly Part[]>,
  target: RequestTarget,
  read: (part: Part) => readonly ModelChunk[] | Promise<readonly ModelChunk[]>,
  isOpen: () => boolean = () => true,
): AsyncGenerator<ModelChunk, { readonly finish: Finish; readonly usage: ModelUsage }> {
  let finish: Finish | undefined;
  let usage: ModelUsage = {};
  let isOver = false;
  try {
    for await (const parts of batches) {
      let chunks: ModelChunk[] = [];
      try {
        for (const part of parts) {
          let said = read(part);
          if (said instanceof Promise) {
            // it may take a while
            yield* chunks.splice(0);
            said = await said;
          }
          for (const chunk of said) addChunk(chunks, chunk);
          finish = part.finish ?? finish;
          if (part.usage !== undefined) usage = { ...usage, ...part.usage };
          isOver ||= part.isLast === true;
        }
      } catch (error) {
        yield* chunks;
        throw error;
      }
      yield* chunks;
    }
  } catch (error) {
    if (finish === undefined || !isBreak(error)) throw error;
  }
  if (finish === undefined && isOver && !isOpen()) finish = { finishReason: "stop" };
  if (finish === undefined) throw truncated(target);
  return { finish, usage };
}

/**
 * Text that came together is one chunk: each costs whoever hears of it. Where tokens are told it is not, since a text loses its
 * tokens when it is cut.
 */
function addChunk(chunks: ModelChunk[], chunk: ModelChunk): void {
  const before = chunks.at(-1);
  if (before?.type === "text" && chunk.type === "text" && !tellsTokens(before) && !tellsTokens(chunk)) {
    chunks[chunks.length - 1] = { ...before, ...chunk, text: before.text + chunk.text };
  } else {
    chunks.push(chunk);
  }
}

function tellsTokens({ tokenIds, logprobs }: TextChunk): boolean {
  return tokenIds !== undefined || logprobs !== undefined;
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
