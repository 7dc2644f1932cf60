import { readFileSync } from "node:fs";
import { AgenticRagError } from "../errors.ts";
import type { AgenticRagParts } from "../graph/parts.ts";
import { loadAnthropicChat } from "../model/langchain/anthropic-chat.ts";
import {
  chatmlTemplate,
  jinjaTemplate,
  rawTemplate,
  type ChatTemplate,
} from "../model/template/chat-template.ts";
import { createChatPrefixModel } from "../model/chat-prefix/chat-prefix.ts";
import { createCompletionsModel } from "../model/completions/completions.ts";
import { createDeferredModel } from "../model/exchange/deferred.ts";
import { createGgufModel } from "../model/gguf/gguf.ts";
import type { ContinuationModel } from "../model/model.ts";
import { createChatToolsModel } from "../model/native-tools/chat-tools.ts";
import { createGeminiModel } from "../model/native-tools/gemini/gemini.ts";
import { createMessagesModel } from "../model/native-tools/messages/messages.ts";
import { createResponsesModel } from "../model/native-tools/responses/responses.ts";
import { createOfflineModel } from "../model/offline/offline.ts";
import { cachedPrefill, createPrefilledChatModel } from "../model/langchain/prefilled-chat.ts";
import { completionsDialectOf, knownDialect } from "../model/server/dialects.ts";
import { unprobedChoice } from "../model/probe/choice.ts";
import { createProbedModel, createProber, type ProbedChoice } from "../model/probe/probed.ts";
import type { Sampling } from "../model/sampling.ts";
import type { NativeSide, WrittenCall } from "../turn.ts";
import { protocols } from "../protocol/index.ts";
import type { Protocol } from "../protocol/protocol.ts";
import type { ServedModelSettings, Settings } from "../settings/settings.ts";
import { VERSION } from "../version.ts";

/** A model behind a server, and how it is reached. */
type Served = ServedModelSettings & { readonly fetch?: typeof globalThis.fetch };

/**
 * The model that the settings name, or what makes it for a protocol. Nothing is contacted or read yet but a chat
 * template's file.
 *
 * @throws AgenticRagError `settings-invalid` where the template or the protocol does not fit.
 */
export function modelFor(
  { model, protocol: name, sampling, probeCache }: Settings,
  fetch: Served["fetch"],
): AgenticRagParts["model"] {
  const through = fetch !== undefined && { fetch };
  switch (model.family) {
    case "offline":
      return (protocol: Protocol) => createOfflineModel({ side: protocol.modelSide });
    case "gguf": {
      const template = templateFor(model.template);
      return createGgufModel({
        modelPath: model.file,
        template: template === "server" ? "file" : template,
        sampling,
        ...(model.lora !== undefined && { lora: model.lora }),
        ...(model.contextTokens !== undefined && { contextSize: model.contextTokens }),
        ...(model.name !== undefined && { modelName: model.name }),
      });
    }
    case "completions":
      return completionsFor(
        { ...model, ...through },
        sampling,
        model.probe ? model.dialect : unprobedChoice(model.dialect, model.baseUrl).dialect,
      );
    case "chat-prefix":
      return (protocol: Protocol) => chatPrefixFor({ ...model, ...through }, sampling, protocol);
    case "native-tools":
      nativeSideOf(protocols[name]);
      return (protocol: Protocol) => nativeToolsFor({ ...model, ...through }, sampling, protocol);
    case "responses":
      nativeSideOf(protocols[name]);
      return (protocol: Protocol) => responsesFor({ ...model, ...through }, sampling, protocol);
    case "auto":
      return probedFor({ ...model, ...through }, sampling, probeCache);
  }
}

/** One probe serves the models of all protocols. */
function probedFor(
  model: Served,
  sampling: Partial<Sampling>,
  probeCache: string | undefined,
): (protocol: Protocol) => ContinuationModel {
  // a template that is wrong is told before anything is asked
  templateFor(model.template);
  const { baseUrl, name: modelName, apiKey, dialect, waitSeconds, fetch, stream, body, reasoning } = model;
  const unprobed = (): Promise<ProbedChoice> =>
    Promise.resolve({ ...unprobedChoice(dialect, baseUrl), certain: true });
  const probed = createProber({
    fetch,
    stream,
    reasoning,
    extraBody: body,
    ...(waitSeconds !== undefined && { timeoutMs: waitSeconds * 1000 }),
    baseUrl,
    modelName,
    apiKey,
    dialect,
    templateSet: model.template !== "auto",
    cacheFile: probeCache,
    version: VERSION,
  });
  const prober = model.probe ? probed : { choice: unprobed };
  return (protocol) =>
    createProbedModel({
      modelName,
      prober,
      tools: protocol.nativeSide !== undefined,
      build(choice) {
        const found = { ...model, dialect: choice.dialect };
        if (choice.family === "completions") return completionsFor(found, sampling, choice.dialect);
        if (choice.family === "responses") return responsesFor(found, sampling, protocol);
        return choice.family === "chat-prefix"
          ? chatPrefixFor(found, sampling, protocol)
          : nativeToolsFor(found, sampling, protocol);
      },
    });
}

function connectionOf(model: Served) {
  const {
    baseUrl,
    name,
    apiKey,
    stream,
    reasoning,
    sessionName,
    body,
    waitSeconds,
    idleSeconds,
    totalSeconds,
    contextTokens,
    fetch,
  } = model;
  return {
    baseUrl,
    modelName: name,
    stream,
    ...(contextTokens !== undefined && { contextTokens }),
    idleTimeoutMs: idleSeconds * 1000,
    ...(waitSeconds !== undefined && { headersTimeoutMs: waitSeconds * 1000 }),
    ...(totalSeconds !== undefined && { totalTimeoutMs: totalSeconds * 1000 }),
    ...(apiKey !== undefined && { apiKey }),
    ...(reasoning !== undefined && { reasoning }),
    ...(sessionName !== undefined && { sessionName }),
    ...(body !== undefined && { extraBody: body }),
    ...(fetch !== undefined && { fetch }),
  };
}

function completionsFor(
  model: Served,
  sampling: Partial<Sampling>,
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
  model: Served,
  sampling: Partial<Sampling>,
  { nativeSide }: Protocol,
): ContinuationModel {
  const callText = nativeSide && { callText: (call: WrittenCall) => nativeSide.callText(call) };
  const { baseUrl, apiKey, name: modelName, fetch } = model;
  const dialect = dialectOf(model);
  if (dialect !== "anthropic") {
    return createChatPrefixModel({ ...connectionOf(model), dialect, sampling, ...callText });
  }
  return createDeferredModel({
    family: "chat-prefix",
    modelName,
    async open() {
      const connection = { baseUrl, modelName, apiKey, sampling, fetch };
      const chatModel = await loadAnthropicChat({ ...connection, maxRetries: 0 });
      const prefilled = { chatModel, lastMessage: cachedPrefill, maxRetries: 2, ...callText };
      const created = createPrefilledChatModel({ ...connectionOf(model), ...prefilled });
      return { model: created, description: { dialect } };
    },
  });
}

/** The dialect that is set, or that the address tells; else `auto`. */
function dialectOf({ dialect, baseUrl }: Served): ServedModelSettings["dialect"] {
  return dialect === "auto" ? (knownDialect(baseUrl) ?? "auto") : dialect;
}

function nativeToolsFor(model: Served, sampling: Partial<Sampling>, protocol: Protocol): ContinuationModel {
  const side = nativeSideOf(protocol);
  const dialect = dialectOf(model);
  const options = { ...connectionOf(model), sampling, side };
  if (dialect === "anthropic") return createMessagesModel(options);
  if (dialect === "google") return createGeminiModel(options);
  return createChatToolsModel({ ...options, dialect });
}

function responsesFor(model: Served, sampling: Partial<Sampling>, protocol: Protocol): ContinuationModel {
  const { store } = model;
  const side = nativeSideOf(protocol);
  return createResponsesModel({ ...connectionOf(model), dialect: dialectOf(model), sampling, side, store });
}

function nativeSideOf({ name, nativeSide }: Protocol): NativeSide {
  if (nativeSide !== undefined) return nativeSide;
  throw new AgenticRagError(
    "settings-invalid",
    `The protocol ${name} cannot be spoken over native tools. Set AGENTIC_RAG_PROTOCOL to qwq, or use a model server that continues a turn.`,
  );
}

function templateFor(name: string): ChatTemplate | "server" | "auto" {
  if (name === "server" || name === "auto") return name;
  if (name === "chatml") return chatmlTemplate;
  if (name === "raw") return rawTemplate;
  try {
    return jinjaTemplate(readFileSync(name, "utf8"), { name });
  } catch (cause) {
    if (AgenticRagError.isInstance(cause)) throw cause;
    throw new AgenticRagError(
      "settings-invalid",
      `AGENTIC_RAG_CHAT_TEMPLATE names the file ${JSON.stringify(name)}, which cannot be read. Use auto, chatml, raw, server, or the path of a Jinja chat template.`,
      { cause },
    );
  }
}
