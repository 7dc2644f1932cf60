import { assemble, proxyFetchOf } from "../../assemble/assemble.ts";
import { AgenticRagError } from "../../errors.ts";
import type { AgenticRagParts } from "../../graph/parts.ts";
import type { ContinuationModel } from "../../model/model.ts";
import { isLocalModel } from "../../settings/model.ts";
import type { ServedModelSettings, Settings } from "../../settings/settings.ts";
import { duration } from "../../view/amounts.ts";
import type { Check } from "./check.ts";
import { checkContext } from "./context-check.ts";
import { checkCall } from "./trial-call.ts";
import { withLocalSearch } from "./engine-checks.ts";
import { checkFamily } from "./family-check.ts";
import { checkGguf } from "./gguf-checks.ts";
import { checkModelList } from "./model-list.ts";

const TOKENS = 8;
const ANSWER_SECONDS = 60;
/** A model on this machine may have to be loaded first. */
const LOCAL_ANSWER_SECONDS = 600;

/** The model, really asked, and what it needs. */
export async function* checkModel(
  settings: Settings,
  parts: AgenticRagParts,
  signal: AbortSignal,
): AsyncGenerator<Check> {
  const { model } = settings;
  if (model.family === "offline") {
    yield {
      name: "model",
      status: "warning",
      message:
        "no language model is set, so the offline extractive reader answers. " +
        "Run agentic-rag setup, or set AGENTIC_RAG_MODEL_URL (such as http://127.0.0.1:8000/v1) and AGENTIC_RAG_MODEL.",
    };
  } else if (model.family === "gguf") {
    const checks = await checkGguf(model.file, model.lora);
    yield* checks;
    if (checks.some(({ status }) => status === "failed")) return;
    const template = model.template === "auto" ? "the file's own, else ChatML" : model.template;
    yield { name: "chat template", status: "ok", message: template };
    yield* checkUse(parts, model.file, settings, signal);
  } else {
    yield* checkServed(settings, model, parts, signal);
  }
}

async function* checkServed(
  settings: Settings,
  model: ServedModelSettings,
  parts: AgenticRagParts,
  signal: AbortSignal,
): AsyncGenerator<Check> {
  const reach = { fetch: proxyFetchOf(settings), signal };
  yield await checkModelList(model, reach);
  if (!model.probe) {
    const message = "not probed, since AGENTIC_RAG_MODEL_PROBE is off";
    yield { name: "model family", status: "ok", message };
    yield* checkUse(parts, model.baseUrl, settings, signal);
    return;
  }
  const { check, choice, templateCheck } = await checkFamily(model, {
    ...reach,
    tools: parts.protocol.nativeSide !== undefined,
  });
  yield check;
  if (templateCheck !== undefined) yield templateCheck;
  if (model.family === "auto") {
    if (choice === undefined) return;
    // probed once is enough
    const found = { ...model, family: choice.family, dialect: choice.dialect };
    const chosen = assemble({ ...withLocalSearch(settings), model: found });
    yield* checkUse(chosen, model.baseUrl, settings, signal);
  } else if (check.name !== "model") {
    yield* checkUse(parts, model.baseUrl, settings, signal);
  }
}

function asked({ model, protocol }: AgenticRagParts): ContinuationModel {
  return typeof model === "function" ? model(protocol) : model;
}

async function* checkUse(
  parts: AgenticRagParts,
  place: string,
  settings: Settings,
  signal: AbortSignal,
): AsyncGenerator<Check> {
  const model = asked(parts);
  const check = await checkContinuation(model, place, settings, signal);
  yield check;
  if (check.status === "failed") return;
  yield* await checkContext(model, settings, signal);
  if (check.status === "ok") yield await checkCall(model, parts, signal);
}

/** A few tokens, through the model as a run uses it. */
async function checkContinuation(
  model: ContinuationModel,
  place: string,
  settings: Pick<Settings, "model">,
  signal: AbortSignal,
): Promise<Check> {
  const started = performance.now();
  const seconds = isLocalModel(settings.model) ? LOCAL_ANSWER_SECONDS : ANSWER_SECONDS;
  const timeout = AbortSignal.timeout(seconds * 1000);
  let text = "";
  try {
    const question = [{ role: "user", content: "Say hello." } as const];
    const request = { maxTokens: TOKENS, signal: AbortSignal.any([signal, timeout]) };
    for await (const chunk of model.continueText(question, request)) {
      if (chunk.type === "text") text += chunk.text;
    }
  } catch (error) {
    if (timeout.aborted && !signal.aborted) {
      const message = `${model.modelName} at ${place} did not answer within ${seconds} s. Look whether it is still loading.`;
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
        message: `${model.modelName} at ${place} answered without any text. Check the chat template.`,
      }
    : { name: "model", status: "ok", message: `${model.modelName} at ${place} answered in ${took}` };
}
