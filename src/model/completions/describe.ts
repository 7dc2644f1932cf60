import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { detectDialect } from "./detect.ts";
import { rootOf, type DialectName } from "./dialect.ts";
import { dialects } from "./dialects.ts";
import { readBaseUrl, requestHeaders, revealed, type ApiKey } from "../exchange/request.ts";
import { createServerRoutes, type ServerReply, type ServerRoutes } from "../exchange/server.ts";
import { tellsTemplate } from "./template.ts";
import { connectionFailure, statusFailure, type RequestTarget } from "../exchange/http-failure.ts";
import { modelsRequest } from "../probe/models-request.ts";
import type { ServerDialect } from "../server-dialects.ts";
import { createSpeller } from "./token-speller.ts";

export interface ServerAddress {
  /** The address in front of `/models`, such as `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  /** What kind of server it is, for the list of its models. @default "auto": its address tells */
  readonly dialect?: ServerDialect | "auto";
  readonly apiKey?: ApiKey;
  readonly headers?: Readonly<Record<string, string>>;
  /** For each question. @default 5_000 */
  readonly timeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
}

export interface ServedModel {
  readonly id: string;
  /** Tokens of prompt and text together, where the server tells it. */
  readonly contextTokens?: number;
}

export interface ServerDescription {
  readonly dialect: DialectName;
  /** As `ServedModel.contextTokens`, of the model that was asked about. */
  readonly contextTokens?: number;
  /** It tells its chat template. */
  readonly template: boolean;
  /** It tells the ids of what it draws, and takes ids as the prompt. */
  readonly tokenIds: boolean;
  /** It turns texts into ids. */
  readonly tokenize: boolean;
  /** Its kind is known to tell the log-probabilities of what it draws. */
  readonly logprobs: boolean;
}

const count = z.number().int().positive().nullish();

const modelsSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      // vLLM and SGLang
      max_model_len: count,
      // llama.cpp
      meta: z.object({ n_ctx: count, n_ctx_train: count }).nullish(),
    }),
  ),
});

/**
 * The models that a server lists.
 *
 * @throws `model-…` for a server that cannot be asked, refuses, or answers with something else.
 */
export async function listModels(address: ServerAddress): Promise<readonly ServedModel[]> {
  const { url, headers } = modelsRequest(address);
  const { routes, target } = open(address, "", headers);
  const reply = await routes.get(url, address.signal);
  address.signal?.throwIfAborted();
  if (reply.kind === "refused" && reply.status === 404) {
    throw new AgenticRagError(
      "model-rejected",
      `The model server at ${target.baseUrl} has no /models there (404). Check the base URL (it mostly ends in /v1).`,
      { facts: { status: 404 } },
    );
  }
  const read = modelsSchema.safeParse(valueOf(reply, target));
  if (!read.success) {
    throw new AgenticRagError(
      "model-bad-reply",
      `${target.baseUrl}/models is not answered with a list of models. Check the base URL (it mostly ends in /v1).`,
      { cause: read.error },
    );
  }
  return read.data.data.map(({ id, max_model_len: whole, meta }) => {
    const contextTokens = whole ?? meta?.n_ctx ?? undefined;
    return { id, ...(contextTokens !== undefined && { contextTokens }) };
  });
}

/**
 * What a server is and what it offers to a continuation. What it does not say is told as not offered.
 *
 * @throws `model-…` for a server that cannot be reached at all; an AbortError.
 */
export async function describeServer(
  address: ServerAddress & { readonly modelName: string },
): Promise<ServerDescription> {
  const { routes, target } = open(address, address.modelName);
  const { dialect, certain } = await detectDialect(routes, target.baseUrl, address.signal);
  address.signal?.throwIfAborted();
  if (!certain) valueOf(await routes.get(`${target.baseUrl}/models`, address.signal), target);

  const { tokens, tellsLogprobs = false } = dialects[dialect];
  const speller = tokens && createSpeller(routes, tokens, target);
  const [spelled, props, contextTokens] = await Promise.all([
    speller?.encode("a", false, address.signal),
    dialect === "llamacpp" ? routes.get(`${rootOf(target.baseUrl)}/props`, address.signal) : undefined,
    contextOf(address),
  ]);
  address.signal?.throwIfAborted();
  const tokenize = spelled !== undefined;
  return {
    dialect,
    ...(contextTokens !== undefined && { contextTokens }),
    template: props !== undefined && tellsTemplate(props),
    tokenIds: tokenize,
    tokenize,
    logprobs: tellsLogprobs,
  };
}

/** The context of the model that is named, or of the only one. */
async function contextOf(
  address: ServerAddress & { readonly modelName: string },
): Promise<number | undefined> {
  const models = await listModels(address).catch(() => []);
  const named = models.find(({ id }) => id === address.modelName);
  return (named ?? (models.length === 1 ? models[0] : undefined))?.contextTokens;
}

function open(
  address: ServerAddress,
  modelName: string,
  headers = () => requestHeaders(address.apiKey, address.headers ?? {}),
): { readonly routes: ServerRoutes; readonly target: RequestTarget } {
  const baseUrl = readBaseUrl(address.baseUrl);
  const key = revealed(address.apiKey).trim();
  return {
    routes: createServerRoutes({
      headers,
      fetch: address.fetch ?? globalThis.fetch,
      timeoutMs: address.timeoutMs ?? 5_000,
    }),
    target: {
      baseUrl,
      modelName,
      redact: (text) => (key.length < 8 ? text : text.replaceAll(key, "***")),
    },
  };
}

function valueOf(reply: ServerReply, target: RequestTarget): unknown {
  switch (reply.kind) {
    case "value":
      return reply.value;
    case "refused":
      throw statusFailure(target, reply.status, reply.text);
    case "unreachable":
      throw connectionFailure(target, reply.error);
    case "silent":
      throw new AgenticRagError(
        "model-timeout",
        `The model server at ${target.baseUrl} did not answer in time. Check whether it is overloaded.`,
      );
  }
}
