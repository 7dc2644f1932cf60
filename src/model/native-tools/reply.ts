import { z } from "zod";
import type { RequestTarget } from "../exchange/http-failure.ts";
import { readToEnd, type Finish, type SaidPart } from "../exchange/read-to-end.ts";
import type { ModelChunk } from "../model.ts";
import { OPEN_TOOL_NAME, TOOL_NAME } from "./replay.ts";
import type { NativeSide, ReceivedMessage, WrittenCall } from "../../turn.ts";
import { createWrittenCalls } from "../exchange/written-call.ts";

export interface ReplyReading {
  readonly target: RequestTarget;
  readonly side: NativeSide;
  /** The assistant's turn so far. */
  readonly before: string;
  /** The opening of pages was offered too. */
  readonly pages?: boolean;
  /** The message that `said` stands for, once the reply is whole, where it is to be kept. */
  readonly received?: (said: string, finish: Finish) => ReceivedMessage | undefined;
}

/**
 * A reply of a chat model as text that follows `before`: reasoning as reasoning, content as the answer, tool calls as
 * one call at the end, which is cut off where the reply is. A connection that breaks after the finish has lost nothing.
 *
 * @throws `model-truncated` when the parts end without a finish, and what reading them throws.
 */
export async function* readReply(
  parts: AsyncIterable<readonly SaidPart[]>,
  { target, side, before, pages = false, received }: ReplyReading,
): AsyncGenerator<ModelChunk> {
  const calls = createWrittenCalls();
  let text = before;
  let blank = "";
  let begun = 0;

  const say = (...texts: readonly string[]): ModelChunk => {
    const said = texts.join("");
    text += said;
    return { type: "text", text: said };
  };

  const { finish, usage } = yield* readToEnd(parts, target, (part) => {
    const chunks: ModelChunk[] = [];
    if (part.reasoning !== "") chunks.push(say(side.beginReasoning(text), part.reasoning));
    // blanks alone say nothing yet: some models write a line break in front of a call
    blank += part.content;
    if (blank.trim() !== "") {
      chunks.push(say(side.beginAnswer(text), blank));
      blank = "";
    }
    for (const call of part.calls) calls.add(call);
    if (part.calls.some((call) => call.arguments?.includes("}"))) {
      const queries = begunQueries(calls.whole(true));
      if (queries.length > begun) chunks.push({ type: "text", text: "", begun: queries });
      begun = queries.length;
    }
    return chunks;
  });
  const called = writtenAs(calls.whole(finish.finishReason === "stop"), finish, side, pages);
  const last = called === "" ? undefined : say(text === "" || text.endsWith("\n") ? "" : "\n", called);
  const message = received?.(text.slice(before.length), finish);
  const kept = message !== undefined && { received: message };
  // with the call: who has read it does not wait for the end
  if (last !== undefined) yield { ...last, ...kept };
  // no stop string of ours ended a reply with a call
  yield {
    type: "end",
    ...finish,
    ...(last !== undefined && { stopReason: null }),
    usage,
    ...(last === undefined && kept),
  };
}

const texts = z.union([z.string(), z.array(z.string()).min(1)]);
const querySchema = z.object({ query: texts }).transform(({ query }) => [query].flat());
const urlSchema = z.object({ url: texts }).transform(({ url }) => [url].flat());

/**
 * Several calls of one tool are one with all their queries or addresses; of both, they are for the protocol to judge.
 * Where the reply was cut, its last call was.
 */
function writtenAs(calls: readonly WrittenCall[], finish: Finish, side: NativeSide, pages: boolean): string {
  const last = finish.finishReason === "length" ? calls.at(-1) : undefined;
  if (last !== undefined) return side.callText(last);
  const queries = calls.flatMap((call) => textsOf(call, TOOL_NAME, querySchema));
  const urls = pages ? calls.flatMap((call) => textsOf(call, OPEN_TOOL_NAME, urlSchema)) : [];
  if (queries.length > 0 && urls.length > 0) return side.callText(...calls);
  if (queries.length > 0) return side.call(queries);
  if (urls.length > 0) return side.openCall(urls);
  const [first] = calls;
  return first === undefined ? "" : side.callText(first);
}

/** The queries of the calls before the first that is not whole. */
function begunQueries(calls: readonly WrittenCall[]): readonly string[] {
  const open = calls.findIndex(({ whole }) => !whole);
  return calls
    .slice(0, open < 0 ? calls.length : open)
    .flatMap((call) => textsOf(call, TOOL_NAME, querySchema));
}

function textsOf(call: WrittenCall, name: string, schema: z.ZodType<string[]>): readonly string[] {
  if (!call.whole || call.name !== name) return [];
  const read = schema.safeParse(JSON.parse(call.arguments));
  return read.success ? read.data : [];
}
