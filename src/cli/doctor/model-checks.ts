import { AgenticRagError } from "../../errors.ts";
import type { AgenticRagParts } from "../../graph/parts.ts";
import type { ContinuationModel } from "../../model/model.ts";
import type { Settings } from "../../settings.ts";
import { duration } from "../amounts.ts";
import type { Check } from "./check.ts";
import { checkModelList } from "./model-list.ts";

const TOKENS = 8;
const ANSWER_SECONDS = 60;

/** The chat template and the model's server, really asked. */
export async function* checkModel(
  { model }: Settings,
  parts: AgenticRagParts,
  signal: AbortSignal,
): AsyncGenerator<Check> {
  if (model.kind === "offline") {
    yield {
      name: "model",
      status: "warning",
      message:
        "no language model is set, so the offline extractive reader answers. " +
        "Set AGENTIC_RAG_MODEL_URL (such as http://127.0.0.1:8000/v1) and AGENTIC_RAG_MODEL.",
    };
    return;
  }
  yield { name: "chat template", status: "ok", message: model.template };
  yield await checkModelList(model, signal);
  const asked = typeof parts.model === "function" ? parts.model(parts.protocol) : parts.model;
  yield await checkContinuation(asked, model.baseUrl, signal);
}

/** A few tokens, through the model as a run uses it. */
async function checkContinuation(
  model: ContinuationModel,
  baseUrl: string,
  signal: AbortSignal,
): Promise<Check> {
  const started = performance.now();
  const timeout = AbortSignal.timeout(ANSWER_SECONDS * 1000);
  let text = "";
  try {
    const question = [{ role: "user", content: "Say hello." } as const];
    const request = { maxTokens: TOKENS, signal: AbortSignal.any([signal, timeout]) };
    for await (const chunk of model.continueText(question, request)) {
      if (chunk.type === "text") text += chunk.text;
    }
  } catch (error) {
    if (timeout.aborted && !signal.aborted) {
      const message = `${model.modelName} at ${baseUrl} did not answer within ${ANSWER_SECONDS} s. Look whether it is still loading.`;
      return { name: "model", status: "failed", message };
    }
    if (signal.aborted || !AgenticRagError.isInstance(error)) throw error;
    return { name: "model", status: "failed", message: error.message };
  }
  const took = duration(performance.now() - started);
  return text === ""
    ? {
        name: "model",
        status: "warning",
        message: `${model.modelName} at ${baseUrl} answered without any text. Check the chat template.`,
      }
    : { name: "model", status: "ok", message: `${model.modelName} at ${baseUrl} answered in ${took}` };
}
