import { z } from "zod";
import { AgenticRagError, causesOf, codeOf, messageOf } from "../../errors.ts";
import { parseJson } from "../../net/json.ts";
import type { JsonReply } from "./json-client.ts";
import { revealed, type ApiKey } from "./request.ts";
import { countsIn } from "./told-counts.ts";

/** The longest wait that a server may ask for; beyond it the request fails at once. */
export const MAX_RETRY_AFTER_MS = 30_000;

/** Server and model of a request, and how its keys are redacted. */
export interface RequestTarget {
  /** Without credentials and query. */
  readonly baseUrl: string;
  readonly modelName: string;
  /** What is asked there, such as `/completions`, where it is known. */
  readonly route?: string;
  /** Takes the keys out of a text. */
  redact(text: string): string;
}

/** Below this length a key is a placeholder such as "EMPTY": an everyday word and no secret. */
const MIN_KEY_CHARACTERS = 8;

export function requestTarget(about: {
  readonly baseUrl: string;
  readonly modelName: string;
  readonly apiKey?: ApiKey | undefined;
  /** More keys that no error may show. */
  readonly keys?: readonly string[];
}): RequestTarget {
  const { baseUrl, modelName, apiKey, keys = [] } = about;
  const secrets = [revealed(apiKey).trim(), ...keys].filter((key) => key.length >= MIN_KEY_CHARACTERS);
  return {
    baseUrl,
    modelName,
    redact: (text) => secrets.reduce((redacted, key) => redacted.replaceAll(key, "***"), text),
  };
}

const MAX_MESSAGE_CHARACTERS = 300;

/**
 * The wordings of vLLM, SGLang, llama.cpp, TGI, DashScope and OpenAI for a prompt that is too long, or that leaves no
 * room for `max_tokens`.
 */
const CONTEXT_OVERFLOW = new RegExp(
  [
    "context[_ ](?:length|size|window)",
    "maximum model length",
    "`inputs` (?:tokens \\+|must have less than)",
    "range of input length",
    "reduce the length of the (?:messages|prompt|input)",
  ].join("|"),
  "i",
);

/** A reply that is no success, as an error with the server's own words, cleaned and shortened. */
export function statusFailure(
  target: RequestTarget,
  status: number,
  body: string,
  retryAfterMs?: number,
): AgenticRagError {
  return describe(target, status, wordsOfBody(body), retryAfterMs);
}

/** An error that a server put into a reply of status 200: the value of `error`, or the event itself. */
export function reportedFailure(target: RequestTarget, reported: unknown): AgenticRagError {
  const words = wordsOf(reported);
  return describe(target, words.status ?? (isOverflow(words) ? 400 : 500), words, undefined);
}

/** A connection that was refused, or broken before anything came. */
export function connectionFailure(target: RequestTarget, error: unknown): AgenticRagError {
  const code = causesOf(error)
    .map(codeOf)
    .find((each) => each !== undefined);
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") {
    return new AgenticRagError(
      "model-timeout",
      `The model server at ${target.baseUrl} was silent for too long.`,
      { cause: error },
    );
  }
  const reason = code ?? target.redact(messageOf(error));
  return new AgenticRagError(
    "model-unreachable",
    `No connection to the model server at ${target.baseUrl} (${reason}). Start it, or correct the base URL.`,
    { cause: error },
  );
}

/** A question to a server that brought no value. */
export function replyFailure(
  target: RequestTarget,
  reply: Exclude<JsonReply, { kind: "value" }>,
): AgenticRagError {
  if (reply.kind === "refused") return statusFailure(target, reply.status, reply.text);
  if (reply.kind === "unreachable") return connectionFailure(target, reply.error);
  return new AgenticRagError(
    "model-timeout",
    `The model server at ${target.baseUrl} did not answer in time. Check whether it is overloaded.`,
  );
}

/** A text for people: no tags, no control characters, one line, not long. */
export function cleanMessage(target: RequestTarget, text: string): string {
  const title = /<title[^>]*>([^<]*)</i.exec(text)?.[1];
  const plain = (title ?? text.replaceAll(/<[^>]*>/g, " ")).replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  const safe = Array.from(target.redact(plain));
  return safe.length <= MAX_MESSAGE_CHARACTERS
    ? safe.join("")
    : `${safe.slice(0, MAX_MESSAGE_CHARACTERS - 1).join("")}…`;
}

interface ServerWords {
  /** For people. */
  readonly text: string;
  /** The type and the code of the error. */
  readonly kind: string;
  readonly status?: number;
}

function isOverflow({ text, kind }: ServerWords): boolean {
  return CONTEXT_OVERFLOW.test(`${text} ${kind}`);
}

function describe(
  target: RequestTarget,
  status: number,
  words: ServerWords,
  retryAfterMs: number | undefined,
): AgenticRagError {
  const message = cleanMessage(target, words.text);
  const said = message === "" ? `(${status})` : `(${status}: ${message})`;
  const server = `The model server at ${target.baseUrl}`;
  const facts = { status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const fail = (code: AgenticRagError["code"], text: string): AgenticRagError =>
    new AgenticRagError(code, text, { facts });
  const wait =
    retryAfterMs !== undefined && retryAfterMs > MAX_RETRY_AFTER_MS
      ? ` It asks to wait ${Math.ceil(retryAfterMs / 1000)} s, longer than the ${MAX_RETRY_AFTER_MS / 1000} s that are waited at most.`
      : "";

  if (status === 401) {
    return fail(
      "model-unauthorized",
      `${server} refused the key (401). Set AGENTIC_RAG_MODEL_API_KEY to a valid one.`,
    );
  }
  if (status === 403) {
    return fail(
      "model-unauthorized",
      `${server} does not allow this ${said}. Check AGENTIC_RAG_MODEL_API_KEY and what it may use.`,
    );
  }
  if (status === 404) {
    return fail(
      "model-rejected",
      `${server} has no ${target.route ?? "such address"}, or no model "${target.modelName}" ${said}. ` +
        "Check AGENTIC_RAG_MODEL_URL (it mostly ends in /v1) and AGENTIC_RAG_MODEL.",
    );
  }
  if (status === 408) return fail("model-timeout", `${server} gave up waiting ${said}.${wait}`);
  if (status === 429) {
    return fail(
      "model-rate-limited",
      `${server} limits requests ${said}.${wait} Send fewer, or try again later.`,
    );
  }
  if (status >= 500) return fail("model-server-error", `${server} failed ${said}.${wait} Its log says why.`);
  if (status >= 400 && isOverflow(words)) {
    const { window, prompt } = countsIn(words.text);
    return new AgenticRagError(
      "model-context-overflow",
      `The prompt is too long for the model "${target.modelName}" ${said}. ` +
        "Splice shorter search results, lower maxTokens, or serve a longer context.",
      {
        facts: {
          status,
          ...(window !== undefined && { contextTokens: window }),
          ...(prompt !== undefined && { promptTokens: prompt }),
        },
      },
    );
  }
  return fail("model-rejected", `${server} rejected the request ${said}. Check the model settings.`);
}

const detailSchema = z.array(
  z.object({ loc: z.array(z.union([z.string(), z.number()])).nullish(), msg: z.string() }),
);
const wordsSchema = z.object({
  message: z.string().nullish(),
  code: z.union([z.number(), z.string()]).nullish(),
  type: z.string().nullish(),
  detail: z.union([z.string(), detailSchema]).nullish(),
});

/** The words of an error in the shapes of OpenAI, llama.cpp, vLLM (old and new), FastAPI, TGI and Ollama. */
function wordsOf(error: unknown): ServerWords {
  if (typeof error === "string") return { text: error, kind: "" };
  const read = wordsSchema.safeParse(error);
  if (!read.success) return { text: "", kind: "" };
  const { message, code, type, detail } = read.data;
  const details =
    typeof detail === "string"
      ? detail
      : detail?.map(({ loc, msg }) => `${loc?.join(".") ?? ""}: ${msg}`).join("; ");
  const kind = `${type ?? ""} ${code ?? ""}`.trim();
  const status = statusOf(code, kind);
  return { text: message ?? details ?? kind, kind, ...(status !== undefined && { status }) };
}

function statusOf(code: number | string | null | undefined, kind: string): number | undefined {
  const number = Number(code);
  if (number >= 400 && number < 600) return number;
  if (/rate_?limit|quota/i.test(kind)) return 429;
  if (/authentication|unauthorized/i.test(kind)) return 401;
  if (/invalid_?request|context_(?:length|size)|bad_?request/i.test(kind)) return 400;
  return undefined;
}

/** What an error reply says went wrong; empty where it does not. */
export function errorText(body: string): string {
  return wordsOfBody(body).text;
}

function wordsOfBody(body: string): ServerWords {
  const value = parseJson(body);
  if (value === undefined) return { text: body, kind: "" };
  const wrapped = z.object({ error: z.unknown().optional() }).safeParse(value);
  return wordsOf(wrapped.success && wrapped.data.error != null ? wrapped.data.error : value);
}

/** A reply that broke off before the server said that it was finished. */
export function truncated(target: RequestTarget, cause?: unknown): AgenticRagError {
  return new AgenticRagError(
    "model-truncated",
    `The reply of the model server at ${target.baseUrl} broke off before it was finished. ` +
      "Ask again; if it happens often, the server's log says why it stops.",
    { cause },
  );
}

/** A reply of status 200 that is no completion. */
export function badReply(target: RequestTarget, what: string, cause?: unknown): AgenticRagError {
  return new AgenticRagError(
    "model-bad-reply",
    `The model server at ${target.baseUrl} sent ${what}. Check that the base URL is a completions endpoint.`,
    { cause },
  );
}
