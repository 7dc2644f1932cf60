import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AgenticRagError } from "./errors.ts";
import type { AgenticRagParts } from "./graph/parts.ts";
import { chatmlTemplate, jinjaTemplate, rawTemplate, type ChatTemplate } from "./model/chat-template.ts";
import { createChatPrefixModel } from "./model/chat-prefix.ts";
import { createCompletionsModel } from "./model/completions.ts";
import { createDeferredModel } from "./model/deferred.ts";
import { createGgufModel } from "./model/gguf.ts";
import type { ContinuationModel } from "./model/model.ts";
import type { NativeSide } from "./model/native-tools-side.ts";
import { createNativeToolsModel } from "./model/native-tools.ts";
import { createOfflineModel } from "./model/offline.ts";
import { loadOpenAiChat } from "./model/openai-chat.ts";
import { chatDialectOf, completionsDialectOf, type ServerDialect } from "./model/probe-dialect.ts";
import { askDialect } from "./model/probe.ts";
import { createProbedModel, createProber } from "./model/probed.ts";
import type { Sampling } from "./model/sampling.ts";
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
import type { EngineName, ServedModelSettings, Settings } from "./settings.ts";
import { readVersion } from "./version.ts";

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

function modelFor({ model, protocol: name, sampling, probeCache }: Settings): AgenticRagParts["model"] {
  switch (model.family) {
    case "offline":
      return (protocol: Protocol) => createOfflineModel({ side: protocol.modelSide });
    case "gguf": {
      const template = templateFor(model.template);
      return createGgufModel({
        modelPath: model.file,
        template: template === "server" ? "file" : template,
        sampling,
        ...(model.name !== undefined && { modelName: model.name }),
      });
    }
    case "completions":
      return completionsFor(model, sampling, model.dialect);
    case "chat-prefix":
      return (protocol: Protocol) => chatPrefixFor(model, sampling, protocol);
    case "native-tools":
      nativeSideOf(protocols[name]);
      return (protocol: Protocol) => nativeToolsFor(model, sampling, protocol);
    case "auto":
      return probedFor(model, sampling, probeCache);
  }
}

/** One probe serves the models of all protocols. */
function probedFor(
  model: ServedModelSettings,
  sampling: Sampling,
  probeCache: string | undefined,
): (protocol: Protocol) => ContinuationModel {
  // a template that is wrong is told before anything is asked
  templateFor(model.template);
  const { baseUrl, name: modelName, apiKey, dialect } = model;
  const prober = createProber({
    baseUrl,
    modelName,
    apiKey,
    dialect,
    cacheFile: probeCache,
    version: readVersion(),
  });
  return (protocol) =>
    createProbedModel({
      modelName,
      prober,
      build(choice) {
        const found = { ...model, dialect: choice.dialect };
        if (choice.family === "completions") return completionsFor(found, sampling, choice.dialect);
        return choice.family === "chat-prefix"
          ? chatPrefixFor(found, sampling, protocol)
          : nativeToolsFor(found, sampling, protocol);
      },
    });
}

function connectionOf({ baseUrl, name, apiKey, idleSeconds, totalSeconds }: ServedModelSettings) {
  return {
    baseUrl,
    modelName: name,
    idleTimeoutMs: idleSeconds * 1000,
    totalTimeoutMs: totalSeconds * 1000,
    ...(apiKey !== undefined && { apiKey }),
  };
}

function completionsFor(
  model: ServedModelSettings,
  sampling: Sampling,
  server: ServedModelSettings["dialect"],
): ContinuationModel {
  const dialect = server === "auto" ? server : completionsDialectOf(server);
  return createCompletionsModel({
    ...connectionOf(model),
    template: templateFor(model.template),
    sampling,
    dialect: dialect ?? "generic",
  });
}

function chatPrefixFor(
  model: ServedModelSettings,
  sampling: Sampling,
  { nativeSide }: Protocol,
): ContinuationModel {
  const create = (dialect: ServerDialect): ContinuationModel =>
    createChatPrefixModel({
      ...connectionOf(model),
      dialect: chatDialectOf(dialect),
      sampling,
      ...(nativeSide !== undefined && { callText: (call) => nativeSide.callText(call) }),
    });
  const { dialect, baseUrl, apiKey, name: modelName } = model;
  if (dialect !== "auto") return create(dialect);
  return createDeferredModel({
    family: "chat-prefix",
    modelName,
    async open(signal) {
      const found = await askDialect({ baseUrl, apiKey, signal });
      return { model: create(found), description: { dialect: found } };
    },
  });
}

function nativeToolsFor(
  model: ServedModelSettings,
  sampling: Sampling,
  protocol: Protocol,
): ContinuationModel {
  const side = nativeSideOf(protocol);
  const { baseUrl, name: modelName, apiKey, dialect } = model;
  return createDeferredModel({
    family: "native-tools",
    modelName,
    async open() {
      const chatModel = await loadOpenAiChat({ baseUrl, modelName, apiKey, dialect, sampling });
      const created = createNativeToolsModel({ ...connectionOf(model), chatModel, side });
      return { model: created, description: { continues: "replayed" } };
    },
  });
}

function nativeSideOf({ name, nativeSide }: Protocol): NativeSide {
  if (nativeSide !== undefined) return nativeSide;
  throw new AgenticRagError(
    "settings-invalid",
    `The protocol ${name} cannot be spoken over native tools. Set AGENTIC_RAG_PROTOCOL to qwq, or use a model server that continues a turn.`,
  );
}

function templateFor(name: string): ChatTemplate | "server" {
  if (name === "server") return name;
  if (name === "chatml") return chatmlTemplate;
  if (name === "raw") return rawTemplate;
  try {
    return jinjaTemplate(readFileSync(name, "utf8"), { name });
  } catch (cause) {
    if (AgenticRagError.isInstance(cause)) throw cause;
    throw new AgenticRagError(
      "settings-invalid",
      `AGENTIC_RAG_CHAT_TEMPLATE names the file ${JSON.stringify(name)}, which cannot be read. Use chatml, raw, server, or the path of a Jinja chat template.`,
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
