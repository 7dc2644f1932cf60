import { z } from "zod";
import { problemOfSchema } from "../../compose/checked-form.ts";
import { formAnswer } from "../../compose/formed-answer.ts";
import type { JsonForm, PlainModel, PlainReply } from "../../compose/plain-model.ts";
import type { RunEvent } from "../../graph/events.ts";
import { addUsage } from "../../graph/usage.ts";
import { RequestError } from "../error-reply.ts";
import type { RunEnd, RunRequest } from "./agent-run.ts";
import { refuse } from "./reading.ts";

/** An answer in the form that was asked for, or why it is not, in words. */
export type Formed = { readonly json: string } | { readonly refusal: string };

/** What a run came to, with its answer in the form that was asked for; absent where none was. */
export interface FormedEnd extends RunEnd {
  readonly formed?: Formed;
}

/** Fewer tokens hold no answer. */
const LEAST_TOKENS = 16;

/** What is said of a JSON Schema: `json_schema` of chat completions, `text.format` of responses. */
export const formSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "takes letters, digits, _ and -, at most 64"),
  schema: z.record(z.string(), z.unknown()).nullish(),
  description: z.string().nullish(),
  strict: z.boolean().nullish(),
});

/** Of `json_object`: any object. */
export const ANY_OBJECT: JsonForm = { name: "answer", schema: { type: "object" } };

/** @throws RequestError 400 for a schema that nothing can be checked against. @param param where it stands */
export function toForm(
  { name, schema, description, strict }: z.infer<typeof formSchema>,
  param: string,
): JsonForm {
  const form = { name, schema: schema ?? {} };
  const problem = problemOfSchema(form.schema);
  if (problem !== null) {
    const message = `${param} is not as it has to be: ${problem}.`;
    throw new RequestError({ status: 400, code: "invalid_value", message, param });
  }
  return { ...form, ...(description != null && { description }), ...(strict != null && { strict }) };
}

/** @throws RequestError 400 where there is no language model to write it. */
export function refuseForm(param: string): never {
  refuse(
    param,
    `Without a language model the agent shows what its documents say, and writes no JSON: leave out ${param}, or ask whoever runs it to set a model.`,
  );
}

/** A run whose answer is then put into a form, by one more request to the model. Its answer deltas are left out. */
export async function* inForm(
  run: AsyncGenerator<RunEvent, RunEnd>,
  model: PlainModel,
  { form, messages, context, signal }: Omit<RunRequest, "agent"> & { readonly form: JsonForm },
): AsyncGenerator<RunEvent, FormedEnd> {
  let step = await run.next();
  for (; step.done !== true; step = await run.next())
    if (step.value.type !== "answer-delta") yield step.value;
  const end = step.value;
  const { answered, answer } = end.conclusion;
  if (!answered) return { ...end, formed: { refusal: answer } };
  const maxTokens = (context.maxTokens ?? Infinity) - end.usage.completionTokens;
  if (maxTokens < LEAST_TOKENS) return { ...end, formed: formOf({ problem: "the token budget is spent" }) };
  const reply = await formAnswer(model, {
    instructions: messages.find((message) => message.getType() === "system")?.text ?? "",
    question: messages.at(-1)?.text ?? "",
    answer,
    sources: end.sources,
    form,
    context: { ...context, ...(maxTokens < Infinity && { maxTokens }) },
    signal,
  });
  return { ...end, usage: addUsage(end.usage, reply.usage), formed: formOf(reply) };
}

/** A model's reply that was to be of a form. */
export function formOf({
  problem,
  cut,
  content,
}: Partial<Pick<PlainReply, "problem" | "cut" | "content">>): Formed {
  if (problem === undefined && content !== undefined) return { json: content };
  const why = cut === true ? "the token limit came before its end" : problem;
  return { refusal: `The answer could not be put into the form that was asked for: ${why}.` };
}
