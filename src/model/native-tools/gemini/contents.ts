import { z } from "zod";
import { parseJson } from "../../../net/json.ts";
import type { ReceivedMessage } from "../../../turn.ts";
import { byTurns } from "../by-turns.ts";
import type { JsonObject } from "../delta-merge.ts";
import { keepMessage, type Origin } from "../received.ts";
import { plainText, type OpenCall, type ReplayMessage } from "../replay.ts";

const callSchema = z.looseObject({
  functionCall: z.looseObject({
    id: z.string().nullish(),
    name: z.string().min(1),
    args: z.record(z.string(), z.unknown()).nullish(),
  }),
});
const saidSchema = z.object({ text: z.string().regex(/\S/), thought: z.literal(false).optional() });
const partsSchema = z.array(z.looseObject({})).min(1);

/** The parts of a model's content, as they were given. */
export type Parts = z.infer<typeof partsSchema>;

/** Stands for the signature of a call that another model has made, or that is written anew. */
const FOREIGN = "skip_thought_signature_validator";

/**
 * The parts of a whole reply to be kept beside its text. Not those of one that says nothing but its thoughts, nor of one with
 * a call that cannot be read.
 */
export function keepParts(
  origin: Origin,
  text: string,
  parts: readonly JsonObject[],
): ReceivedMessage | undefined {
  const calls = parts.filter((part) => part["functionCall"] !== undefined);
  if (!calls.every((call) => callSchema.safeParse(call).success)) return undefined;
  if (calls.length === 0 && !parts.some((part) => saidSchema.safeParse(part).success)) return undefined;
  return keepMessage(origin, text, parts);
}

/** The parts that were kept, with their calls; undefined for what is none. */
export function readParts({
  message,
}: ReceivedMessage): { readonly message: Parts; readonly calls: readonly OpenCall[] } | undefined {
  const read = partsSchema.safeParse(parseJson(message));
  if (!read.success) return undefined;
  const calls = read.data.flatMap((part) => callSchema.safeParse(part).data?.functionCall ?? []);
  return { message: read.data, calls: calls.map(({ id, name }) => ({ id: id ?? "", name })) };
}

/** The conversation as contents, what the system has said in front. */
export function toContents(replayed: readonly ReplayMessage<Parts>[]): readonly JsonObject[] {
  const { system, turns } = byTurns(replayed, toParts);
  return [
    ...(system === "" ? [] : [{ role: "system", parts: [{ text: system }] }]),
    ...turns.map(({ role, parts }) => ({ role: role === "assistant" ? "model" : role, parts })),
  ];
}

/** What was given goes back value for value; thoughts of another origin are text. */
function toParts(message: ReplayMessage<Parts>): readonly JsonObject[] {
  if (message.role === "tool") {
    const { id, name, content } = message;
    const response = { name, response: { result: content } };
    return [{ functionResponse: id === "" ? response : { id, ...response } }];
  }
  if (message.role !== "assistant") return [{ text: message.content }];
  if ("received" in message) return message.received;
  const { said, call } = message;
  const text = plainText(said);
  return [
    ...(text === "" ? [] : [{ text }]),
    ...(call === undefined
      ? []
      : [{ functionCall: { id: call.id, name: call.name, args: call.args }, thoughtSignature: FOREIGN }]),
  ];
}
