import type { JsonForm } from "../../compose/plain-model.ts";
import { z } from "zod";
import { ANY_OBJECT, formSchema, toForm } from "./form.ts";
import { readAs, refuse, refusePart } from "./reading.ts";

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const refusalPart = z.object({ type: z.literal("refusal"), refusal: z.string() });
/** A picture, a file or a sound: refused in the question, left out of what was said before. */
const otherPart = z.object({ type: z.string().refine((type) => type !== "text" && type !== "refusal") });
const content = z.union([z.string(), z.array(z.union([textPart, refusalPart, otherPart]))], {
  error: "it takes a text, or a list of parts with a type",
});
const COUNT = { error: "it takes a whole number of tokens above 0, or -1 for as many as it takes" };
/** Some clients send -1 for "as many as it takes". */
export const tokens = z
  .union([z.literal(-1).transform(() => null), z.number(COUNT).int(COUNT).positive(COUNT)], COUNT)
  .nullish();

const messageSchema = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer", "user"]), content }),
  // a turn that only called tools has no content
  z.object({ role: z.literal("assistant"), content: content.nullish() }),
  z.object({ role: z.enum(["tool", "function"]), content: content.nullish() }),
]);

const flag = z.boolean().nullish();
export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

const requestSchema = z.object({
  model: z.string(),
  messages: z.array(messageSchema).min(1),
  stream: flag,
  stream_options: z.object({ include_usage: flag }).nullish(),
  n: z.number().int().nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().int().min(-1).max(1000).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  repetition_penalty: z.number().min(0.01).max(2).nullish(),
  seed: z.number().int().nullish(),
  reasoning_effort: z.enum(EFFORTS).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  tools: z.array(z.unknown()).nullish(),
  functions: z.array(z.unknown()).nullish(),
  tool_choice: z.union([z.string(), z.object({ type: z.string() })]).nullish(),
  response_format: z.object({ type: z.string(), json_schema: formSchema.nullish() }).nullish(),
  modalities: z.array(z.string()).nullish(),
  logprobs: flag,
  logit_bias: z.record(z.string(), z.unknown()).nullish(),
});

export type ChatRequest = z.infer<typeof requestSchema>;
export type ChatMessage = ChatRequest["messages"][number];

/**
 * Reads a request for a chat completion. Fields that it does not know are left out, as OpenAI's clients send ever
 * more of them.
 *
 * @throws RequestError 400 for what is wrong, and for what was asked and cannot be had.
 */
export function readRequest(value: unknown): ChatRequest {
  refuseOtherParts(value);
  const request = readAs(requestSchema, value);
  if (request.n != null && request.n !== 1) refuse("n", "One answer is given to a request: leave out n.");
  const { tool_choice: choice, response_format: format } = request;
  if (choice != null && choice !== "auto" && choice !== "none")
    refuse(
      "tool_choice",
      "The agent calls no tools of the caller: leave out tool_choice, or set it to auto.",
    );
  if (format != null && !["text", "json_object", "json_schema"].includes(format.type))
    refuse("response_format", "The agent answers in Markdown, or as JSON (json_object, json_schema).");
  if (request.modalities?.some((name) => name !== "text") === true)
    refuse("modalities", "The agent answers in text only: leave out modalities.");
  return request;
}

/** The form that is asked for, if any. @throws RequestError 400 for a schema that cannot be used. */
export function formIn({ response_format: format }: ChatRequest): JsonForm | undefined {
  if (format == null || format.type === "text") return undefined;
  if (format.type === "json_object") return ANY_OBJECT;
  return toForm(
    readAs(formSchema, format.json_schema, ["response_format", "json_schema"]),
    "response_format.json_schema.schema",
  );
}

const messagesSchema = z.object({
  messages: z.array(
    z.object({
      role: z.string().catch(""),
      content: z.array(z.object({ type: z.string().catch("") }).catch({ type: "" })).catch([]),
    }),
  ),
});

function refuseOtherParts(value: unknown): void {
  const messages = messagesSchema.safeParse(value).data?.messages ?? [];
  const at = messages.findLastIndex(({ role }) => role !== "system" && role !== "developer");
  const parts = messages[at]?.content ?? [];
  const other = parts.findIndex(({ type }) => type !== "text" && type !== "refusal");
  const type = parts[other]?.type;
  if (type === undefined) return;
  refusePart(`messages[${at}].content[${other}]`, type);
}
