import { z } from "zod";
import { parseJson } from "../../net/json.ts";

/** What a tool gave back, out of the message, the blocks of content and the JSON that may hold it. */
export type Unwrapped =
  | {
      readonly kind: "value";
      readonly value: unknown;
      /** As it was written, where the value was read from JSON. */
      readonly text?: string;
    }
  /** The tool says that it failed. */
  | { readonly kind: "error"; readonly words: string };

const messageSchema = z.object({
  tool_call_id: z.string(),
  content: z.unknown(),
  status: z.string().nullish(),
});
const blocksSchema = z
  .array(z.looseObject({ type: z.string(), text: z.string().optional() }))
  .refine((blocks) => blocks.some(({ type, text }) => type === "text" && text !== undefined));
const errorSchema = z.union([
  z.object({ error: z.string().min(1) }).transform(({ error }) => error),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
]);

/** Several blocks of text come as a list. */
export function unwrapToolOutput(output: unknown): Unwrapped {
  const message = messageSchema.safeParse(output).data;
  if (message !== undefined) {
    const inside = unwrapToolOutput(message.content);
    if (message.status !== "error" || inside.kind === "error") return inside;
    const { value, text } = inside;
    return { kind: "error", words: text ?? (typeof value === "string" ? value : JSON.stringify(value)) };
  }
  const texts = blocksSchema
    .safeParse(output)
    .data?.flatMap(({ type, text }) => (type === "text" && text !== undefined ? [text] : []));
  const held = texts === undefined ? output : texts.length === 1 ? texts[0] : texts;
  const parsed = typeof held === "string" && /^\s*[[{]/u.test(held) ? parseJson(held) : undefined;
  const value = parsed ?? held;
  const words = errorSchema.safeParse(value).data;
  if (words !== undefined) return { kind: "error", words };
  return { kind: "value", value, ...(typeof held === "string" && parsed !== undefined && { text: held }) };
}
