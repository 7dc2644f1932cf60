import { HumanMessage } from "@langchain/core/messages";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { z } from "zod";
import { AgenticRagError, isAbort, isModelFailure } from "../../errors.ts";
import { NO_USAGE, requestUsage, type Usage } from "../../graph/usage.ts";
import { generateText, type GeneratedText } from "../../model/generate-text.ts";
import { ContinuationModel, type ContinuationOptions, type PromptMessage } from "../../model/model.ts";
import { divideQuestion } from "./divide.ts";
import { planMessages, readPlan } from "./plan-text.ts";
import type { Plan } from "./state.ts";

/** A plan is a few lines; the rest is for the thoughts of a model that thinks first. */
const MAX_TOKENS = 4096;

export interface PlanInput {
  readonly question: string;
  /** What was said before, so that the parts can name what the question only points at. */
  readonly history: readonly PromptMessage[];
  readonly maxParts: number;
  /** `null`: by the rule. */
  readonly model: BaseChatModel | null;
  /** For a model of this package. */
  readonly request: Pick<ContinuationOptions, "sampling" | "modelName">;
  readonly clock: () => number;
  /** Ends the run. */
  readonly signal: AbortSignal | undefined;
  /** Ends the asking of the model. */
  readonly deadline: AbortSignal;
}

/**
 * Divides the question. Where the model fails or writes no list, the rule does it and `problem` says why: a plan is
 * no reason to give no answer.
 *
 * @throws what the operator must see, such as a dependency that is missing; an AbortError when `signal` fires.
 */
export async function makePlan(input: PlanInput): Promise<{ readonly plan: Plan; readonly usage: Usage }> {
  const { question, maxParts, model } = input;
  const byRule = (problem: string): Plan => planOf("rule", problem, divideQuestion(question, maxParts));
  if (model === null || maxParts === 1) return { plan: byRule(""), usage: NO_USAGE };
  const generated = await askModel(model, input);
  const parts = readPlan(generated.text, maxParts);
  const problem =
    generated.problem === "" && parts.length === 0 ? "The model wrote no plan." : generated.problem;
  const plan = problem === "" ? planOf("model", "", parts) : byRule(problem);
  return { plan, usage: generated.usage };
}

function planOf(by: Plan["by"], problem: string, questions: readonly string[]): Plan {
  return { by, problem, parts: questions.map((question, index) => ({ number: index + 1, question })) };
}

interface GeneratedPlan {
  readonly text: string;
  /** Why it does not count; empty where it does. */
  readonly problem: string;
  readonly usage: Usage;
}

async function askModel(model: BaseChatModel, input: PlanInput): Promise<GeneratedPlan> {
  const { question, history, maxParts, clock, signal, deadline } = input;
  const messages = planMessages(question, history, maxParts);
  const started = clock();
  const ending = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const reply =
    model instanceof ContinuationModel
      ? await generateText(model, messages, { ...input.request, maxTokens: MAX_TOKENS, signal: ending })
      : await askChat(model, messages, ending);
  const prompt = messages.map(({ content }) => content).join("");
  const usage = { ...requestUsage(prompt, reply.text, reply.usage), milliseconds: clock() - started };
  if (reply.error !== undefined) return { text: "", problem: problemOf(reply.error, model, input), usage };
  return { text: reply.text, problem: reply.cut ? "The plan was cut off." : "", usage };
}

/** What failed at the model's end. @throws what ends the run, or the operator must see. */
function problemOf(error: unknown, model: BaseChatModel, { signal, deadline }: PlanInput): string {
  if (signal?.aborted === true) throw error;
  if (deadline.aborted || isAbort(error)) return "The time for the plan was over.";
  if (isModelFailure(error)) return error.message;
  if (AgenticRagError.isInstance(error) || model instanceof ContinuationModel) throw error;
  return `The model that plans failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** Any chat model. Its tokens are not streamed: they are no part of the answer. */
async function askChat(
  model: BaseChatModel,
  messages: readonly PromptMessage[],
  signal: AbortSignal,
): Promise<GeneratedText> {
  const turns = messages.map(({ role, content }) =>
    role === "user" ? new HumanMessage(content) : { role, content },
  );
  try {
    const message = await model.invoke(turns, { signal, tags: ["langsmith:nostream"] });
    const counted = countedSchema.safeParse(message);
    return { text: message.text, cut: false, usage: counted.data ?? {} };
  } catch (error) {
    return { text: "", cut: false, usage: {}, error };
  }
}

/** How LangChain's models report what they used. */
const countedSchema = z
  .object({ usage_metadata: z.object({ input_tokens: z.number(), output_tokens: z.number() }) })
  .transform(({ usage_metadata: { input_tokens: promptTokens, output_tokens: completionTokens } }) => ({
    promptTokens,
    completionTokens,
  }));
