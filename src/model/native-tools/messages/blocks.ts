import { z } from "zod";
import { parseJson } from "../../../net/json.ts";
import type { ReceivedMessage } from "../../../turn.ts";
import { byTurns } from "../by-turns.ts";
import type { JsonObject } from "../delta-merge.ts";
import { keepMessage, type Origin } from "../received.ts";
import { plainText, type OpenCall, type ReplayMessage } from "../replay.ts";

const callSchema = z.looseObject({
  type: z.literal("tool_use"),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.record(z.string(), z.unknown()),
});
const blocksSchema = z.array(z.looseObject({ type: z.string().min(1) })).min(1);

/** The content of an assistant message, block by block as it was given. */
export type Blocks = z.infer<typeof blocksSchema>;

/**
 * The blocks of a whole reply to be kept beside its text, without what no message may hold: blank texts, and thinking at its
 * end. Not a reply that says nothing but its thinking, nor one with a call that cannot be read.
 */
export function keepBlocks(
  origin: Origin,
  text: string,
  given: readonly JsonObject[],
): ReceivedMessage | undefined {
  const said = given.filter((block) => block["type"] !== "text" || !isBlank(block["text"]));
  const blocks = said.slice(0, said.findLastIndex((block) => !isThought(block)) + 1);
  const calls = blocks.filter(({ type }) => type === "tool_use");
  if (!calls.every((call) => callSchema.safeParse(call).success)) return undefined;
  if (calls.length === 0 && !blocks.some(({ type }) => type === "text")) return undefined;
  return keepMessage(origin, text, blocks);
}

function isBlank(text: unknown): boolean {
  return typeof text !== "string" || text.trim() === "";
}

function isThought({ type }: JsonObject): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

/** The blocks that were kept, with their calls; undefined for what is none. */
export function readBlocks({
  message,
}: ReceivedMessage): { readonly message: Blocks; readonly calls: readonly OpenCall[] } | undefined {
  const read = blocksSchema.safeParse(parseJson(message));
  if (!read.success) return undefined;
  const calls = read.data.flatMap((block) => callSchema.safeParse(block).data ?? []);
  return { message: read.data, calls: calls.map(({ id, name }) => ({ id, name })) };
}

/** The conversation as messages of users and assistants by turns, what the system has said in front. */
export function toMessages(replayed: readonly ReplayMessage<Blocks>[]): readonly JsonObject[] {
  const { system, turns } = byTurns(replayed, toBlocks);
  return [
    ...(system === "" ? [] : [{ role: "system", content: system }]),
    ...turns.map(({ role, parts }) => ({ role, content: parts })),
  ];
}

/** What was given goes back value for value; thinking of another origin is text, for none is taken that is not signed. */
function toBlocks(message: ReplayMessage<Blocks>): readonly JsonObject[] {
  if (message.role === "tool") {
    return [{ type: "tool_result", tool_use_id: message.id, content: message.content }];
  }
  if (message.role !== "assistant") return [{ type: "text", text: message.content }];
  if ("received" in message) return message.received;
  const { said, call } = message;
  const text = plainText(said);
  return [
    ...(text === "" ? [] : [{ type: "text", text }]),
    ...(call === undefined ? [] : [{ type: "tool_use", id: call.id, name: call.name, input: call.args }]),
  ];
}
