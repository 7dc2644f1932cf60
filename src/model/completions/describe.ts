import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { dialects } from "./dialects.ts";
import { readBaseUrl, type ApiKey } from "../exchange/request.ts";
import { createJsonClient, type JsonClient, type JsonReply } from "../exchange/json-client.ts";
import { tellsTemplate } from "./template.ts";
import { replyFailure, requestTarget, type RequestTarget } from "../exchange/http-failure.ts";
import { modelsRequest } from "../server/models-request.ts";
import { completionsDialectOf, rootOf, type DialectName, type ServerDialect } from "../server/dialects.ts";
import { contextOfCard, modelCardSchema } from "../server/context-size.ts";
import { findDialect } from "../server/find.ts";
import { createTokenizer } from "./tokenizer.ts";

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

/** Gemini's list, whose names have a folder. */
const geminiSchema = z
  .object({
    models: z.array(z.object({ name: z.string(), inputTokenLimit: z.number().int().positive().nullish() })),
  })
  .transform(({ models }) => {
    const data = models.map(({ name, inputTokenLimit }) =>
      modelCardSchema.parse({ id: name.replace(/^models\//, ""), context_length: inputTokenLimit }),
    );
    return { data };
  });
const modelsSchema = z.object({ data: z.array(modelCardSchema) }).or(geminiSchema);

/**
 * The models that a server lists.
 *
 * @throws `model-…` for a server that cannot be asked, refuses, or answers with something else.
 */
export async function listModels(address: ServerAddress): Promise<readonly ServedModel[]> {
  const { url, ...key } = modelsRequest(address);
  const { client, target } = open(address, key);
  const reply = await client.get(url, address.signal);
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
  return read.data.data.map((card) => {
    const contextTokens = contextOfCard(card);
    return { id: card.id, ...(contextTokens !== undefined && { contextTokens }) };
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
  const { client, target } = open(address);
  const { dialect: found, certain } = await findDialect(client, target.baseUrl, address.signal);
  const dialect = completionsDialectOf(found) ?? "generic";
  address.signal?.throwIfAborted();
  if (!certain) valueOf(await client.get(`${target.baseUrl}/models`, address.signal), target);

  const { tokens, tellsLogprobs = false } = dialects[dialect];
  const tokenizer = tokens && createTokenizer(client, tokens, target);
  const [spelled, props, contextTokens] = await Promise.all([
    tokenizer?.encode("a", false, address.signal),
    dialect === "llamacpp" ? client.get(`${rootOf(target.baseUrl)}/props`, address.signal) : undefined,
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
  address: ServerAddress & { readonly modelName?: string },
  { apiKey, headers }: Pick<ServerAddress, "apiKey" | "headers"> = address,
): { readonly client: JsonClient; readonly target: RequestTarget } {
  const { fetch, timeoutMs = 5_000, modelName = "" } = address;
  return {
    client: createJsonClient({ apiKey, timeoutMs, fetch, ...(headers !== undefined && { headers }) }),
    target: requestTarget({ baseUrl: readBaseUrl(address.baseUrl), modelName, apiKey: address.apiKey }),
  };
}

function valueOf(reply: JsonReply, target: RequestTarget): unknown {
  if (reply.kind !== "value") throw replyFailure(target, reply);
  return reply.value;
}
