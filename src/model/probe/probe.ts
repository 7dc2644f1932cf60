import { readBaseUrl, requestHeaders, revealed, type ApiKey } from "../exchange/request.ts";
import { createServerRoutes, type ServerRoutes } from "../exchange/server.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { speaksChatml } from "../template/chatml-kin.ts";
import { askProps, tellsTemplate } from "../completions/template.ts";
import { probeChat } from "./chat.ts";
import { rawness } from "./choice.ts";
import { probeCompletions } from "./completions.ts";
import { findDialect } from "./dialect.ts";
import type { ServerDialect } from "../server-dialects.ts";
import { NO_CHAT, type ProbeReport, type PromptTemplate } from "./report.ts";
import type { ProbeTarget } from "./request.ts";
import { sparingParameters } from "../langchain/spared-parameters.ts";

/** The questions about what kind of server it is. */
const QUESTION_MS = 3_000;

/** A model that thinks before it says anything has to be let think. */
const THINKING_TOKENS = 1_024;

export interface ProbeOptions {
  /** The address in front of `/completions` and `/chat/completions`. */
  readonly baseUrl: string;
  readonly modelName: string;
  /** Sent as a bearer token; never shown. @default none */
  readonly apiKey?: ApiKey | undefined;
  /** What kind of server it is. @default "auto": it is asked */
  readonly dialect?: ServerDialect | "auto" | undefined;
  /** The settings name a chat template; otherwise it is found out which one fits. @default false */
  readonly templateSet?: boolean | undefined;
  /** False: no more is asked than is needed to choose a family. @default true */
  readonly thorough?: boolean;
  /** For each request; a first one may wait until the model is loaded. @default 60_000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** @default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * Finds out, with a handful of tiny requests, what an endpoint does with a turn that is to go on: each is given a text
 * that ends within a word, so that a reply that goes on can be told from one that begins anew.
 *
 * @throws `model-…` where nothing can be found out: it cannot be reached, refuses the key, is loading, limits requests,
 * or takes too long; `settings-invalid` for a base URL that is none; an AbortError.
 */
export async function probeEndpoint(options: ProbeOptions): Promise<ProbeReport> {
  const { apiKey, modelName, signal, thorough = true, dialect: wanted = "auto" } = options;
  throwIfAborted(signal);
  const baseUrl = readBaseUrl(options.baseUrl);
  const fetch = options.fetch ?? globalThis.fetch;
  const key = revealed(apiKey).trim();
  const target: ProbeTarget = {
    baseUrl,
    modelName,
    apiKey,
    fetch: sparingParameters(fetch, { leastTokens: THINKING_TOKENS }),
    timeoutMs: options.timeoutMs ?? 60_000,
    signal,
    // a placeholder such as "EMPTY" is an everyday word and no secret
    redact: (text) => (key.length < 8 ? text : text.replaceAll(key, "***")),
  };
  const dialect = wanted === "auto" ? await askDialect(target) : wanted;
  throwIfAborted(signal);
  const completions = await probeCompletions(target, dialect);
  const raw = rawness(completions, dialect);
  const chatTemplate = options.templateSet === true ? "set" : await findTemplate(target, dialect);
  // what the name of the model does not tell, its chat knows
  const decided = (raw === "known" || raw === "seen") && chatTemplate !== "assumed";
  const chat = thorough || !decided ? await probeChat(target, dialect) : NO_CHAT;
  const dialectFrom = wanted === "auto" ? (dialect === "generic" ? "nothing" : "server") : "setting";
  return { baseUrl, modelName, dialect, dialectFrom, chatTemplate, completions, chat };
}

/** What kind of server it is, by its address or by what it answers; `generic` where it is not known. */
export async function askDialect(asked: Questioned): Promise<ServerDialect> {
  return (await findDialect(routesOf(asked), asked.baseUrl, asked.signal)).dialect;
}

type Questioned = Pick<ProbeOptions, "baseUrl" | "apiKey" | "signal" | "fetch">;

function routesOf({ apiKey, fetch = globalThis.fetch }: Questioned): ServerRoutes {
  return createServerRoutes({
    headers: () => requestHeaders(apiKey, {}),
    fetch,
    timeoutMs: QUESTION_MS,
  });
}

/** The chat template that raw completions would be given where none is set. */
async function findTemplate(target: ProbeTarget, dialect: ServerDialect): Promise<PromptTemplate> {
  const told =
    dialect === "llamacpp" && tellsTemplate(await askProps(routesOf(target), target, target.signal));
  throwIfAborted(target.signal);
  if (told) return "server";
  return speaksChatml(target.modelName) ? "chatml" : "assumed";
}
