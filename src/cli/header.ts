import type { Settings } from "../settings.ts";

/** Who answers from what, in one line. */
export function headerFor(settings: Settings): string {
  const { model } = settings;
  if (model.kind === "completions") {
    return `${model.name} at ${new URL(model.baseUrl).host} answers, searching ${searched(settings)}.`;
  }
  return `The offline extractive reader (no language model) answers from ${searched(settings)}. To change that: AGENTIC_RAG_MODEL_URL, or agentic-rag doctor.`;
}

function searched({ engine, documents }: Settings): string {
  if (engine !== "local") return engine;
  return documents === undefined ? "the shipped articles" : documents;
}
