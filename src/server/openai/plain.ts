import type { PlainReply } from "../../compose/plain-model.ts";
import type { Chunk, ChunkOptions } from "./chunks.ts";
import { saidIn, type ReplyHead } from "./completion.ts";
import { formOf, type Formed } from "./form.ts";
import { tokensOf } from "./outcome.ts";

/** Behind the name of an agent: its model alone. */
export const PLAIN = "-plain";

/** Absent where no form was asked for, or the reply has it. */
const formedBy = (reply: PlainReply): Formed | undefined =>
  reply.problem === undefined ? undefined : formOf(reply);
const finishOf = ({ cut }: PlainReply): "stop" | "length" => (cut ? "length" : "stop");

/** The reply in one. */
export function plainCompletion(reply: PlainReply, head: ReplyHead, ignored: readonly string[]) {
  const message = {
    role: "assistant",
    ...saidIn(formedBy(reply), reply.content),
    reasoning_content: reply.reasoning,
    annotations: [],
  };
  return {
    id: head.id,
    object: "chat.completion",
    created: head.created,
    model: head.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(reply) }],
    usage: tokensOf(reply.usage, reply.content),
    agentic_rag: { ignored },
  };
}

/** The same in pieces, which come at once when it is whole. */
export async function* plainChunks(
  asked: Promise<PlainReply>,
  { id, created, model }: ReplyHead,
  { includeUsage, ignored }: ChunkOptions,
): AsyncGenerator<Chunk, void> {
  const frame = (choices: readonly unknown[], more: object = {}): Chunk => ({
    id,
    object: "chat.completion.chunk",
    created,
    model,
    choices,
    ...(includeUsage && { usage: null }),
    ...more,
  });
  const piece = (delta: object, finish: string | null = null, more?: object): Chunk =>
    frame([{ index: 0, delta, logprobs: null, finish_reason: finish }], more);
  const reply = await asked;
  yield piece({ role: "assistant", content: "" });
  if (reply.reasoning !== "") yield piece({ reasoning_content: reply.reasoning });
  const formed = formedBy(reply);
  if (formed !== undefined && "refusal" in formed) yield piece({ refusal: formed.refusal });
  else if (reply.content !== "") yield piece({ content: reply.content });
  yield piece({}, finishOf(reply), { agentic_rag: { ignored } });
  if (includeUsage) yield frame([], { usage: tokensOf(reply.usage, reply.content) });
}
