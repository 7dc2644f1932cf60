import { basename } from "node:path";
import type { Settings } from "../../settings/settings.ts";

const FOR_A_MODEL = "For a small model that reasons and searches, about 3 GB: ollama pull qwen3:4b";
const FOR_THE_WEB = "For searches of the web, with a key such as Tavily's: agentic-rag setup";

/** Who answers from what, in one line; without a model, also what to do next, in two at most. */
export function headerFor(settings: Settings): string {
  const { model } = settings;
  if (model.family === "offline") {
    const isLocal = settings.search.engines.every((engine) => engine === "local");
    return [
      `The offline extractive reader (no language model) answers from ${searched(settings)}.`,
      // one that is not looked for has to be named
      model.discover ? FOR_A_MODEL : `${FOR_A_MODEL}, then agentic-rag setup`,
      ...(isLocal ? [FOR_THE_WEB] : []),
    ].join("\n");
  }
  const name =
    model.family === "gguf"
      ? `${model.name ?? basename(model.file, ".gguf")} in this process`
      : `${model.name} at ${new URL(model.baseUrl).host}`;
  return `${name} answers, searching ${searched(settings)}.`;
}

/** One engine, or those of a chain in their order; replayed where nobody is asked. */
function searched({ search, documents, documentsDatabase }: Settings): string {
  if (search.replay !== undefined) return `the recording ${search.replay}`;
  const names = search.engines.map((engine) => {
    if (engine !== "local") return engine;
    if (documents.length === 0) {
      const kept = "the documents in the database (the shipped articles where it holds none)";
      return documentsDatabase === undefined ? "the shipped articles" : kept;
    }
    return documents.map(({ folder, index }) => folder ?? index).join(" and ");
  });
  return names.join(", else ");
}
