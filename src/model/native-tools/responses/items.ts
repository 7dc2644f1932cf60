import { z } from "zod";
import { parseJson } from "../../../net/json.ts";
import type { ReceivedMessage } from "../../../turn.ts";
import { isArguments } from "../chat-messages.ts";
import type { JsonObject } from "../delta-merge.ts";
import { keepMessage, type Origin } from "../received.ts";
import { plainText, type OpenCall, type ReplayMessage } from "../replay.ts";

const itemSchema = z.looseObject({ type: z.string().min(1) });
const messageSchema = z.looseObject({ type: z.literal("message"), content: z.array(z.unknown()).min(1) });
const callSchema = z.looseObject({
  type: z.literal("function_call"),
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string().refine(isArguments),
});

/** The output of one reply, with what it is told by where its server keeps it. */
const outputSchema = z.strictObject({
  output: z.array(itemSchema).min(1),
  id: z.string().optional(),
  /** A digest of the input that it answers. */
  asked: z.string().optional(),
});

export type Output = z.infer<typeof outputSchema>;

/**
 * The output of a whole reply to be kept beside its text. Not one that says nothing but its reasoning, nor one with a call
 * that cannot be read. Reasoning at the end is left out: it is refused without the item that follows it.
 */
export function keepOutput(
  origin: Origin,
  text: string,
  items: readonly JsonObject[],
  kept: Pick<Output, "id" | "asked">,
): ReceivedMessage | undefined {
  const output = items.slice(0, items.findLastIndex(({ type }) => type !== "reasoning") + 1);
  const calls = output.filter(({ type }) => type === "function_call");
  if (!calls.every((call) => callSchema.safeParse(call).success)) return undefined;
  if (calls.length === 0 && !output.some((item) => messageSchema.safeParse(item).success)) return undefined;
  return keepMessage(origin, text, { output, ...kept });
}

/** The output that was kept, with its calls; undefined for what is none. */
export function readOutput({
  message,
}: ReceivedMessage): { readonly message: Output; readonly calls: readonly OpenCall[] } | undefined {
  const read = outputSchema.safeParse(parseJson(message));
  if (!read.success) return undefined;
  const calls = read.data.output.flatMap((item) => callSchema.safeParse(item).data ?? []);
  return { message: read.data, calls: calls.map(({ call_id: id, name }) => ({ id, name })) };
}

/**
 * The message as items of an input. What the server gave goes back value for value; reasoning of another origin is plain
 * content, for no server takes reasoning items that it has not made.
 */
export function toItems(message: ReplayMessage<Output>): readonly JsonObject[] {
  if (message.role === "tool") {
    return [{ type: "function_call_output", call_id: message.id, output: message.content }];
  }
  if (message.role !== "assistant") {
    return [{ type: "message", role: message.role, content: message.content }];
  }
  if ("received" in message) return message.received.output;
  const { said, call } = message;
  const content = plainText(said);
  return [
    ...(content === "" ? [] : [{ type: "message", role: "assistant", content }]),
    ...(call === undefined
      ? []
      : [
          {
            type: "function_call",
            call_id: call.id,
            name: call.name,
            arguments: JSON.stringify(call.args),
          },
        ]),
  ];
}
