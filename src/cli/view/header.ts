import { basename } from "node:path";
import type { Settings } from "../../settings/settings.ts";

/** Who answers from what, in one line. */
export function headerFor(settings: Settings): string {
  const { model } = settings;
  if (model.family === "offline") {
    return `The offline extractive reader (no language model) answers from ${searched(settings)}. To change that: AGENTIC_RAG_MODEL_URL, or agentic-rag doctor.`;
  }
  const name =
    model.family === "gguf"
      ? `${model.name ?? basename(model.file, ".gguf")} in this process`
      : `${model.name} at ${new URL(model.baseUrl).host}`;
  return `${name} answers, searching ${searched(settings)}.`;
}

/** One engine, or those of a chain in their order; replayed where nobody is asked. */
function searched({ search, documents }: Settings): string {
  if (search.replay !== undefined) return `the recording ${search.replay}`;
  const names = search.engines.map((engine) => {
    if (engine !== "local") return engine;
    return documents === undefined ? "the shipped articles" : documents;
  });
  return names.join(", else ");
}
