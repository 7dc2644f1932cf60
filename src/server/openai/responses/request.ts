import type { JsonForm } from "../../../compose/plain-model.ts";
import { z } from "zod";
import type { PlainTurn } from "../../../compose/conversation.ts";
import { ANY_OBJECT, formSchema, toForm } from "../form.ts";
import { EFFORTS, tokens } from "../request.ts";
import { readAs, refuse, refusePart } from "../reading.ts";
import type { Wishes } from "../run-settings.ts";

const flag = z.boolean().nullish();

const requestSchema = z.object({
  model: z.string(),
  input: z.union([z.string(), z.array(z.unknown()).min(1)], {
    error: "it takes a text, or a list of messages",
  }),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.unknown().optional(),
  prompt: z.unknown().optional(),
  background: flag,
  store: flag,
  stream: flag,
  max_output_tokens: tokens,
  max_tool_calls: z.number().int().nonnegative().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  reasoning: z.object({ effort: z.enum(EFFORTS).nullish() }).nullish(),
  text: z
    .object({ format: z.looseObject({ type: z.string() }).nullish(), verbosity: z.string().nullish() })
    .nullish(),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: z.union([z.string(), z.object({ type: z.string() })]).nullish(),
  include: z.array(z.string()).nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
});

const messageSchema = z.object({
  role: z.enum(["user", "assistant", "system", "developer"]),
  content: z.union([
    z.string(),
    z.array(z.object({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() })),
  ]),
});
const referenceSchema = z.object({ id: z.string() });
const itemSchema = z.looseObject({ type: z.string().nullish() });

/** An item of the input: a message, one of an earlier response by its id, or a trace of tools and reasoning. */
export type InputItem =
  | { readonly kind: "message"; readonly turn: PlainTurn }
  | { readonly kind: "reference"; readonly id: string; readonly param: string }
  | { readonly kind: "other" };

export interface ResponsesRequest {
  readonly asked: z.infer<typeof requestSchema>;
  readonly input: readonly InputItem[];
  /** The form in which the answer is wanted. */
  readonly form: JsonForm | undefined;
  readonly wishes: Wishes;
  /** Fields of this API alone that ask for something, and to which nothing is done. */
  readonly ignored: readonly string[];
}

/**
 * Reads a request for a response. Fields that it does not know are left out, as OpenAI's clients send ever more of them.
 *
 * @throws RequestError 400 for what is wrong, and for what was asked and cannot be had.
 */
export function readResponsesRequest(value: unknown): ResponsesRequest {
  const asked = readAs(requestSchema, value);
  if (asked.background === true)
    refuse("background", "Answers are given while the client waits: leave out background.");
  if (asked.conversation != null)
    refuse("conversation", "There are no conversations here: send previous_response_id, or the whole input.");
  if (asked.prompt != null)
    refuse("prompt", "There are no stored prompts here: send instructions and input.");
  const choice = asked.tool_choice;
  if (choice != null && choice !== "auto" && choice !== "none")
    refuse(
      "tool_choice",
      "The agent decides itself when it searches, and calls no tools of the caller: leave out tool_choice, or set it to auto.",
    );
  const form = formIn(asked.text?.format ?? null);
  const others = (asked.tools ?? []).filter((tool) => !isPlainSearch(tool));
  return {
    asked,
    input:
      typeof asked.input === "string"
        ? [{ kind: "message", turn: { role: "user", text: asked.input } }]
        : readItems(asked.input),
    form,
    wishes: {
      max_tokens: asked.max_output_tokens,
      max_searches: asked.max_tool_calls,
      temperature: asked.temperature,
      top_p: asked.top_p,
      reasoning_effort: asked.reasoning?.effort,
      logprobs: (asked.top_logprobs ?? 0) > 0,
      tools: others,
    },
    ignored: [
      ...((asked.include ?? []).some((name) => !GIVEN.includes(name)) ? ["include"] : []),
      ...((asked.text?.verbosity ?? "medium") === "medium" ? [] : ["text.verbosity"]),
    ],
  };
}

function formIn(format: { readonly type: string } | null): JsonForm | undefined {
  if (format === null || format.type === "text") return undefined;
  if (format.type === "json_object") return ANY_OBJECT;
  if (format.type !== "json_schema")
    refuse("text.format", "The agent answers in Markdown, or as JSON (json_object, json_schema).");
  return toForm(readAs(formSchema, format, ["text", "format"]), "text.format.schema");
}

/** What `include` may name and the reply has anyway. */
const GIVEN = ["web_search_call.action.sources", "web_search_call.results"];

/** The tool that the agent brings itself, without wishes about where it searches. */
function isPlainSearch({ type, filters, user_location: place }: Record<string, unknown>): boolean {
  return typeof type === "string" && type.startsWith("web_search") && filters == null && place == null;
}

function readItems(items: readonly unknown[]): readonly InputItem[] {
  const read = items.map((value, index) => readItem(value, index));
  const question = read.findLastIndex(
    (item) => !(item.kind === "message" && item.turn.role === "instruction"),
  );
  refuseOtherParts(items[question], question);
  return read;
}

function readItem(value: unknown, index: number): InputItem {
  const at = ["input", index];
  const { type, ...item } = readAs(itemSchema, value, at);
  if (type === "item_reference" || (type == null && !("role" in item))) {
    const { id } = readAs(referenceSchema, value, at);
    return { kind: "reference", id, param: `input[${index}].id` };
  }
  if (type != null && type !== "message") return { kind: "other" };
  const { role, content } = readAs(messageSchema, value, at);
  return { kind: "message", turn: { role: ROLES[role], text: textOf(content) } };
}

const ROLES = {
  system: "instruction",
  developer: "instruction",
  user: "user",
  assistant: "assistant",
} as const satisfies Record<string, PlainTurn["role"]>;

function textOf(content: z.infer<typeof messageSchema>["content"]): string {
  if (typeof content === "string") return content;
  const texts = content.flatMap(({ text, refusal }) => text ?? refusal ?? []);
  // many chat templates take no two answers in a row
  return texts.length === 0 ? content.map(({ type }) => `(${type})`).join("\n") : texts.join("\n");
}

function refuseOtherParts(value: unknown, index: number): void {
  const parts = messageSchema.safeParse(value).data?.content ?? [];
  if (typeof parts === "string") return;
  const other = parts.findIndex(({ text, refusal }) => text === undefined && refusal === undefined);
  const type = parts[other]?.type;
  if (type !== undefined) refusePart(`input[${index}].content[${other}]`, type);
}
