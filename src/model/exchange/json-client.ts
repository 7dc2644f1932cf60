import { parseJson } from "../../net/json.ts";
import { readBody } from "../../net/read-body.ts";
import { send, type Send, type Sent } from "../../net/send.ts";
import { requestHeaders, type ApiKey } from "./request.ts";

/** What came of a question to a server: a JSON value, a status that is no success, or nothing (in time). */
export type JsonReply =
  /** `undefined` for a body that is no JSON. */
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "refused"; readonly status: number; readonly text: string }
  | { readonly kind: "unreachable"; readonly error: unknown }
  | { readonly kind: "silent" };

/** Asks the small questions to a model server, beside the text itself. Never throws and never waits for long. */
export interface JsonClient {
  get(url: string, signal?: AbortSignal): Promise<JsonReply>;
  post(url: string, body: Record<string, unknown>, signal?: AbortSignal): Promise<JsonReply>;
}

export interface JsonClientOptions {
  readonly apiKey?: ApiKey | undefined;
  /** @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** For each question, in milliseconds. @default 3_000 */
  readonly timeoutMs?: number;
  /** @default `send` */
  readonly fetch?: Send | undefined;
}

/** A longer body is no answer to a small question. */
const MAX_REPLY_BYTES = 16_000_000;

const MISSING: ReadonlySet<number> = new Set([404, 405, 501]);
/** Too early, too many, too slow: said of the moment. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

export function createJsonClient(options: JsonClientOptions): JsonClient {
  const { apiKey, headers: extra = {}, timeoutMs = 3_000, fetch = send } = options;
  async function ask(
    url: string,
    init: Pick<Sent, "method" | "body">,
    signal: AbortSignal | undefined,
  ): Promise<JsonReply> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const headers = { ...requestHeaders(apiKey, extra), accept: "application/json" };
    try {
      const response = await fetch(url, {
        ...init,
        headers,
        redirect: "manual",
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      const { text } = await readBody(response, MAX_REPLY_BYTES);
      if (!response.ok) return { kind: "refused", status: response.status, text };
      return { kind: "value", value: parseJson(text) };
    } catch (error) {
      return timeout.aborted ? { kind: "silent" } : { kind: "unreachable", error };
    }
  }
  return {
    get: (url, signal) => ask(url, { method: "GET" }, signal),
    post: (url, body, signal) => ask(url, { method: "POST", body: JSON.stringify(body) }, signal),
  };
}

/** The server has no such route. */
export function isMissing(reply: JsonReply): boolean {
  return reply.kind === "refused" && MISSING.has(reply.status);
}

/** The reply says something about the server, and not about the moment: one that is loading or busy does not. */
export function isLasting(reply: JsonReply): boolean {
  if (reply.kind !== "refused") return reply.kind === "value";
  return isMissing(reply) || (reply.status < 500 && !PASSING.has(reply.status));
}
