import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import type { JsonForm } from "../model/model.ts";
import type { RunSettings } from "./agent-run.ts";
import type { PlainModel, PlainReply } from "./plain-model.ts";

/** An answer that is to be given in a form. */
export interface FormRequest {
  /** What the caller had told the agent to do; may be empty. */
  readonly instructions: string;
  readonly question: string;
  readonly answer: string;
  readonly sources: readonly { readonly number: number; readonly title: string; readonly url: string }[];
  readonly form: JsonForm;
  /** Its sampling and `maxTokens` count. The temperature is 0 where none is set. */
  readonly context: RunSettings;
  readonly signal: AbortSignal;
}

/** Asks a model once to put an answer into a form. Throws what the model throws, also on abort. */
export function formAnswer(model: PlainModel, request: FormRequest): Promise<PlainReply> {
  const { instructions, question, answer, sources, form, context, signal } = request;
  const { schema, description } = form;
  const told = [
    "Put the answer below into JSON that fits this JSON Schema. Write nothing but the JSON: no Markdown, no words around it.",
    "Take what you write from the answer alone; leave out, or null, what it does not say. Sources are those of the list, by their addresses.",
    `Schema${description === undefined ? "" : ` (${description})`}: ${JSON.stringify(schema)}`,
    ...(instructions === "" ? [] : [`Whoever asks has said about answers: ${instructions}`]),
  ];
  const listed = sources.map(({ number, title, url }) => `[${number}] ${title} ${url}`).join("\n");
  const given = [
    `Question: ${question}`,
    `Answer: ${answer}`,
    ...(listed === "" ? [] : [`Sources:\n${listed}`]),
  ];
  return model({
    messages: [new SystemMessage(told.join("\n\n")), new HumanMessage(given.join("\n\n"))],
    context: { ...context, temperature: context.temperature ?? 0 },
    form,
    signal,
  });
}
