import { requestTarget } from "../exchange/http-failure.ts";
import { createJsonClient, isLasting, type JsonClient } from "../exchange/json-client.ts";
import { readBaseUrl, type ApiKey } from "../exchange/request.ts";
import { throwIfAborted } from "../../net/abort.ts";
import { isLoopback } from "../../net/loopback.ts";
import { usesChatml } from "../template/chatml-models.ts";
import { askProps, tellsTemplate } from "../completions/template.ts";
import { probeChat } from "./chat.ts";
import { chooseFamily, rawness } from "./choice.ts";
import { probeCompletions } from "./completions.ts";
import type { ServerDialect } from "../server/dialects.ts";
import { findDialect } from "../server/find.ts";
import { NO_CHAT, type ProbeReport, type PromptTemplate } from "./report.ts";
import { probeResponses } from "./responses.ts";
import type { ReasoningEffort } from "../sampling.ts";
import { chatReasoning, responsesReasoning } from "../server/reasoning.ts";
import { withFields, type ProbeTarget } from "./request.ts";
import { obeyingRefusals, type StreamWish } from "../exchange/obeying-fetch.ts";

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
  /** For each request; a first one may wait until the model is loaded. @default 600_000 on this machine, else 60_000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether replies are asked for as streams. @default "auto": they are, until the server refuses that */
  readonly stream?: StreamWish | undefined;
  /** How much the model is to think. @default as it does by itself */
  readonly reasoning?: ReasoningEffort | undefined;
  /** `/responses` is asked also where another route can be used. @default false */
  readonly responses?: boolean;
  /** More fields of each request. @default none */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined;
  /** @default one that has no limits of its own */
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
  const { fetch } = options;
  const client = createJsonClient({ apiKey, fetch });
  const heeding: ProbeTarget = {
    ...requestTarget({ baseUrl, modelName, apiKey }),
    apiKey,
    fetch: obeyingRefusals(fetch, { leastTokens: THINKING_TOKENS, stream: options.stream }),
    timeoutMs: options.timeoutMs ?? (isLoopback(baseUrl) ? 600_000 : 60_000),
    signal,
  };
  const found =
    wanted === "auto" ? await findDialect(client, baseUrl, signal) : { dialect: wanted, certain: true };
  const { dialect } = found;
  throwIfAborted(signal);
  const target = { ...heeding, fetch: withFields(heeding.fetch, options.extraBody) };
  const effort = chatReasoning(options.reasoning, dialect);
  const chatTarget = { ...target, fetch: withFields(target.fetch, effort) };
  const completions = await probeCompletions(target, dialect);
  const raw = rawness(completions, dialect);
  const template =
    options.templateSet === true
      ? ({ chatTemplate: "set", certain: true } as const)
      : await findTemplate(client, target, dialect);
  const { chatTemplate } = template;
  const certain = found.certain && template.certain;
  // what the name of the model does not tell, its chat knows
  const decided = (raw === "known" || raw === "seen") && chatTemplate !== "assumed";
  const chat = thorough || !decided ? await probeChat(chatTarget, dialect, thorough) : NO_CHAT;
  const dialectFrom = wanted === "auto" ? (dialect === "generic" ? "nothing" : "server") : "setting";
  const report = {
    baseUrl,
    modelName,
    dialect,
    dialectFrom,
    chatTemplate,
    certain,
    completions,
    chat,
  } as const;
  const asks = options.responses === true || chooseFamily(report).family === null;
  if (!asks || dialect === "anthropic" || dialect === "google") return report;
  return { ...report, responses: await probeResponses(target, responsesReasoning(options.reasoning)) };
}

/** The chat template that raw completions would be given where none is set; uncertain where the server did not say. */
async function findTemplate(
  client: JsonClient,
  target: ProbeTarget,
  dialect: ServerDialect,
): Promise<{ readonly chatTemplate: PromptTemplate; readonly certain: boolean }> {
  const props = dialect === "llamacpp" ? await askProps(client, target, target.signal) : undefined;
  throwIfAborted(target.signal);
  if (props !== undefined && tellsTemplate(props)) return { chatTemplate: "server", certain: true };
  const chatTemplate = usesChatml(target.modelName) ? "chatml" : "assumed";
  return { chatTemplate, certain: props === undefined || isLasting(props) };
}
