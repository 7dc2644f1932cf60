import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AgenticRagError } from "./errors.ts";
import type { AgenticRagParts } from "./graph/parts.ts";
import { chatmlTemplate, jinjaTemplate, rawTemplate, type ChatTemplate } from "./model/chat-template.ts";
import { createCompletionsModel } from "./model/completions.ts";
import type { ContinuationModel } from "./model/model.ts";
import { createOfflineModel } from "./model/offline.ts";
import { protocols } from "./protocol/index.ts";
import type { Protocol } from "./protocol/protocol.ts";
import { createDeferredEngine } from "./search/deferred.ts";
import type { SearchEngine } from "./search/engine.ts";
import { buildIndex } from "./search/index-builder.ts";
import { openIndex } from "./search/local-index.ts";
import { createLocalEngine } from "./search/local.ts";
import { createRetrieverEngine } from "./search/retriever.ts";
import { createSearxngEngine } from "./search/searxng.ts";
import { createTavilyEngine } from "./search/tavily.ts";
import type { EngineName, ModelSettings, Settings } from "./settings.ts";

/** The articles that are searched when no other documents are named. */
export const CORPUS_FOLDER = fileURLToPath(new URL("../corpus/", import.meta.url));

/** Where the index of a folder is kept. */
export function indexFileOf(folder: string): string {
  return join(folder, ".agentic-rag", "index.sqlite");
}

/**
 * The parts of an agent as the settings name them. Nothing is contacted or read yet but a chat template's file;
 * further engines and protocols are at hand for runs that choose them.
 *
 * @throws AgenticRagError `settings-invalid` when the chosen engine or template lacks something.
 */
export function assemble(settings: Settings): AgenticRagParts {
  const engines = engineTable(settings);
  return {
    protocol: protocols[settings.protocol],
    model: modelFor(settings),
    engine: engines[settings.engine](),
    limits: settings.limits,
    protocols,
    engines,
  };
}

function modelFor({ model, sampling }: Settings): AgenticRagParts["model"] {
  if (model.kind === "offline")
    return (protocol: Protocol) => createOfflineModel({ side: protocol.modelSide });
  return completionsFor(model, sampling);
}

function completionsFor(
  model: ModelSettings & { kind: "completions" },
  sampling: Settings["sampling"],
): ContinuationModel {
  return createCompletionsModel({
    baseUrl: model.baseUrl,
    modelName: model.name,
    template: templateFor(model.template),
    sampling,
    idleTimeoutMs: model.idleSeconds * 1000,
    totalTimeoutMs: model.totalSeconds * 1000,
    ...(model.apiKey !== undefined && { apiKey: model.apiKey }),
  });
}

function templateFor(name: string): ChatTemplate {
  if (name === "chatml") return chatmlTemplate;
  if (name === "raw") return rawTemplate;
  try {
    return jinjaTemplate(readFileSync(name, "utf8"), { name });
  } catch (cause) {
    if (AgenticRagError.isInstance(cause)) throw cause;
    throw new AgenticRagError(
      "settings-invalid",
      `AGENTIC_RAG_CHAT_TEMPLATE names the file ${JSON.stringify(name)}, which cannot be read. Use chatml, raw, or the path of a Jinja chat template.`,
      { cause },
    );
  }
}

function engineTable({
  tavily,
  searxng,
  retriever,
  documents,
}: Settings): Record<EngineName, () => SearchEngine> {
  return {
    local: () => createDeferredEngine("local", () => openLocal(documents)),
    tavily: () =>
      createTavilyEngine({
        apiKey: needed(tavily.apiKey, "tavily", "TAVILY_API_KEY").reveal(),
        ...(tavily.baseUrl !== undefined && { baseUrl: tavily.baseUrl }),
      }),
    searxng: () => createSearxngEngine({ baseUrl: needed(searxng.baseUrl, "searxng", "SEARXNG_BASE_URL") }),
    retriever: () =>
      createRetrieverEngine({ baseUrl: needed(retriever.baseUrl, "retriever", "RETRIEVER_BASE_URL") }),
  };
}

/** The shipped articles are indexed in memory, which takes a moment; a folder of the user's has its index in a file. */
async function openLocal(documents: string | undefined): Promise<SearchEngine> {
  if (documents !== undefined) return createLocalEngine({ index: openIndex(indexFileOf(documents)) });
  const { index } = await buildIndex({ folder: CORPUS_FOLDER, file: ":memory:" });
  return createLocalEngine({ index });
}

function needed<Value>(value: Value | undefined, engine: EngineName, setting: string): Value {
  if (value !== undefined) return value;
  throw new AgenticRagError(
    "settings-invalid",
    `The search engine ${engine} needs the setting ${setting}. Set it, or choose another engine with AGENTIC_RAG_ENGINE.`,
  );
}
