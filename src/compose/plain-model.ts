import type { BaseMessage } from "@langchain/core/messages";
import { requestOf } from "../graph/context.ts";
import type { AgenticRagParts } from "../graph/parts.ts";
import { requestUsage, type Usage } from "../graph/usage.ts";
import { generateText } from "../model/generate-text.ts";
import type { JsonForm, PromptMessage } from "../model/model.ts";
import { neutralise } from "../protocol/neutralise.ts";
import { ALL_CONTROL_TOKENS } from "../text/control-tokens.ts";
import { withoutReasoning } from "../text/shown-reasoning.ts";
import { readForm } from "./checked-form.ts";
import type { RunSettings } from "./agent-run.ts";

export type { JsonForm } from "../model/model.ts";

export interface PlainRequest {
  readonly messages: readonly BaseMessage[];
  /** Its sampling and `maxTokens` count. */
  readonly context: RunSettings;
  /** The reply has to be JSON of it. */
  readonly form?: JsonForm;
  readonly signal: AbortSignal;
}

/** What the model wrote, without searches, sources or instructions of ours. */
export interface PlainReply {
  readonly reasoning: string;
  readonly content: string;
  /** True where the token limit ended it. */
  readonly cut: boolean;
  /** Why `content` is not of the form that was asked for; absent where it is, or none was. */
  readonly problem?: string;
  readonly usage: Usage;
}

/** Asks an agent's model alone. Throws what the model throws, also on abort. */
export type PlainModel = (request: PlainRequest) => Promise<PlainReply>;

/**
 * The model of an agent alone, for what chat UIs want beside answers: titles, tags, follow-up questions. `null` for the
 * offline reader, which does nothing but read sources.
 */
export function createPlainModel({
  model: given,
  protocol,
}: Pick<AgenticRagParts, "model" | "protocol">): PlainModel | null {
  const model = typeof given === "function" ? given(protocol) : given;
  if (model.family === "offline") return null;
  return async ({ messages, context, form, signal }) => {
    const { maxTokens, temperature, topP, topK, minP, seed, presencePenalty, repetitionPenalty } = context;
    const chosen = { temperature, topP, topK, minP, seed, presencePenalty, repetitionPenalty };
    const prompt = messages.flatMap(turnOf);
    const reply = await generateText(model, prompt, {
      ...requestOf(chosen),
      signal,
      ...(form !== undefined && { form }),
      ...(maxTokens !== undefined && { maxTokens }),
    });
    if (reply.error !== undefined) throw reply.error;
    const thought = /^([\s\S]*)<\/think>/.exec(reply.text)?.[1] ?? "";
    const said = withoutReasoning(reply.text);
    const formed = form && readForm(said, form.schema);
    return {
      reasoning: thought.replace(/^\s*<think>\s*/, "").trim(),
      content: formed !== undefined && "json" in formed ? formed.json : said,
      ...(formed !== undefined && "problem" in formed && { problem: formed.problem }),
      cut: reply.cut,
      usage: requestUsage(prompt.map(({ content }) => content).join(""), reply.text, reply.usage),
    };
  };
}

const ROLES = { system: "system", human: "user", ai: "assistant" } as const;

function turnOf(message: BaseMessage): PromptMessage[] {
  const type: string = message.getType();
  const role = type === "system" || type === "human" || type === "ai" ? ROLES[type] : null;
  if (role === null) return [];
  const said = role === "assistant" ? withoutReasoning(message.text) : message.text;
  return [{ role, content: neutralise(said, ["think"], ALL_CONTROL_TOKENS) }];
}
