import { parseJson } from "../../net/json.ts";
import { readBody } from "../../net/read-body.ts";

/** What came of a question to a server: a JSON value, a status that is no success, or nothing (in time). */
export type ServerReply =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "refused"; readonly status: number; readonly text: string }
  | { readonly kind: "unreachable"; readonly error: unknown }
  | { readonly kind: "silent" };

/** The small questions to a model server, beside the text itself. They never throw and never wait for long. */
export interface ServerRoutes {
  get(url: string, signal?: AbortSignal): Promise<ServerReply>;
  post(url: string, body: Record<string, unknown>, signal?: AbortSignal): Promise<ServerReply>;
}

/** An answer that is longer is none to a small question. */
const MAX_REPLY_BYTES = 16_000_000;

export function createServerRoutes(options: {
  readonly headers: () => Headers;
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
}): ServerRoutes {
  async function ask(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<ServerReply> {
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const headers = options.headers();
    headers.set("accept", "application/json");
    try {
      const response = await options.fetch(url, {
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
