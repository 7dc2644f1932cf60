import type { z } from "zod";
import { cleanLine } from "./clean-text.ts";
import { withDeadline } from "./deadline.ts";
import type { SearchFailure, SearchFailureKind } from "./engine.ts";
import { readNetworkFailure } from "./network-failure.ts";
import { type Explanation, explainRefusal, parseJson, type Refusal } from "./refusal.ts";
import { readBody } from "./reply-body.ts";
import { readRetryAfter } from "./retry-after.ts";

export type Fetch = typeof globalThis.fetch;

/** How an engine talks HTTP. */
export interface HttpOptions {
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Time for the whole exchange, headers and body, in milliseconds. Default 15,000. */
  readonly deadlineMs?: number;
  /** Size of a reply after decompression, in bytes. Default 5,000,000. */
  readonly maxReplyBytes?: number;
}

export interface JsonRequest<T> extends HttpOptions {
  /** The service as messages name it: `Tavily`. */
  readonly service: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON by POST. Without it the request is a GET. */
  readonly body?: unknown;
  /** What the reply must look like. */
  readonly schema: z.ZodType<T>;
  /** What the engine knows about a refusal; `undefined` leaves it to the general rule. */
  readonly explain?: (refusal: Refusal) => Explanation | undefined;
  /** Never shown, even if the server repeats them. */
  readonly secrets?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export type JsonReply<T> =
  | { readonly status: "replied"; readonly value: T }
  | { readonly status: "failed"; readonly failure: SearchFailure };

const DEFAULT_DEADLINE_MS = 15_000;
const DEFAULT_MAX_REPLY_BYTES = 5_000_000;
const MAX_REDIRECTS = 3;

/**
 * One request for JSON. Whatever the network or the server does is a `failed` reply; it rejects only with the
 * AbortError of `signal`. Redirects are followed within the same origin, so that a key goes nowhere else. The
 * connection is not kept: an idle one that the server closes costs the next search.
 */
export async function requestJson<T>(request: JsonRequest<T>): Promise<JsonReply<T>> {
  const deadlineMs = request.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const reply = await withDeadline({ deadlineMs, signal: request.signal }, async (signal) => {
    try {
      return await exchange(request, signal);
    } catch (error) {
      const { kind, what } = readNetworkFailure(error);
      return failed(kind, `${describe(request)} ${what}.`);
    }
  });
  if (reply === "deadline") {
    return failed("timeout", `${describe(request)} did not answer within ${deadlineMs / 1000} s.`);
  }
  return reply;
}

async function exchange<T>(request: JsonRequest<T>, signal: AbortSignal): Promise<JsonReply<T>> {
  const reply = await send(request, signal);
  if (reply instanceof URL) {
    return failed(
      "misconfigured",
      `${describe(request)} redirects to ${reply.origin}${reply.pathname}. Set the base URL to where it really is.`,
    );
  }
  const maxBytes = request.maxReplyBytes ?? DEFAULT_MAX_REPLY_BYTES;
  if (!reply.ok) return { status: "failed", failure: await readRefusal(request, reply, maxBytes) };
  const body = await readBody(reply, maxBytes);
  if (body === "too-large") {
    return failed("bad-reply", `${describe(request)} sent more than ${maxBytes} bytes.`, reply.status);
  }
  const contentType = reply.headers.get("content-type") ?? "";
  return readValue(request, body.text, contentType, reply.status);
}

/** The status tells more than a body that is too large or does not arrive. */
async function readRefusal<T>(
  request: JsonRequest<T>,
  reply: Response,
  maxBytes: number,
): Promise<SearchFailure> {
  const body = await readBody(reply, maxBytes).catch(() => "too-large" as const);
  const refusal = {
    status: reply.status,
    body: body === "too-large" ? "" : redact(body.text, request.secrets),
    retryAfterMs: readRetryAfter(reply.headers, Date.now()),
  };
  return explainRefusal(describe(request), refusal, request.explain?.(refusal));
}

/** The reply, or the address outside the origin that it redirects to. */
async function send<T>(request: JsonRequest<T>, signal: AbortSignal): Promise<Response | URL> {
  const fetch = request.fetch ?? globalThis.fetch;
  let url = request.url;
  for (let redirects = 0; ; redirects++) {
    const reply = await fetch(url, {
      method: request.body === undefined ? "GET" : "POST",
      headers: {
        accept: "application/json",
        connection: "close",
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      redirect: "manual",
      signal,
    });
    const location = reply.headers.get("location");
    if (reply.status < 300 || reply.status >= 400 || location === null) return reply;
    if (!URL.canParse(location, url.href)) return reply;
    await reply.body?.cancel();
    url = new URL(location, url);
    if (url.origin !== request.url.origin || redirects === MAX_REDIRECTS) return url;
  }
}

function readValue<T>(
  request: JsonRequest<T>,
  text: string,
  contentType: string,
  status: number,
): JsonReply<T> {
  const value = parseJson(text);
  if (value === undefined) {
    const instead =
      /html/iu.test(contentType) || /^\s*</u.test(text) ? "a web page" : `${text.length} characters`;
    return failed(
      "bad-reply",
      `${describe(request)} answered with ${instead} that is not JSON. Check that the base URL is that of the service, and that no login page or proxy answers in its place.`,
      status,
    );
  }
  const parsed = request.schema.safeParse(value);
  if (parsed.success) return { status: "replied", value: parsed.data };
  const issue = parsed.error.issues[0];
  const where =
    issue === undefined ? "" : `: ${issue.path.join(".") || "the reply"}: ${cleanLine(issue.message)}`;
  return failed("bad-reply", `${describe(request)} answered in an unknown form${where}.`, status);
}

function describe({ service, url }: { readonly service: string; readonly url: URL }): string {
  return `${service} at ${url.origin}${url.pathname}`;
}

function failed(
  kind: SearchFailureKind,
  message: string,
  status?: number,
): { readonly status: "failed"; readonly failure: SearchFailure } {
  return { status: "failed", failure: { kind, message, ...(status === undefined ? {} : { status }) } };
}

function redact(text: string, secrets: readonly string[] = []): string {
  return secrets
    .filter((secret) => secret !== "")
    .reduce((rest, secret) => rest.replaceAll(secret, "[key]"), text);
}
