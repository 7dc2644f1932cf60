import type { z } from "zod";
import { cleanLine } from "../../clean-text.ts";
import { readBody, readBodyStart } from "../../../net/read-body.ts";
import { readRetryAfter } from "../../../net/retry-after.ts";
import { withDeadline } from "../../../net/deadline.ts";
import { type Reply as HttpReply, send as sendHttp } from "../../../net/send.ts";
import type { SearchFailure, SearchFailureKind } from "../../engine.ts";
import { readNetworkFailure } from "./network-failure.ts";
import { parseJson } from "../../../net/json.ts";
import { type Explanation, explainRefusal, type Refusal } from "./refusal.ts";

/** How an engine talks HTTP. */
export interface HttpOptions {
  /** What sends the requests: a `fetch`, such as one through a proxy. Default: Node's HTTP. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Time for the whole exchange, headers and body, in milliseconds. Default 15,000. */
  readonly deadlineMs?: number | undefined;
  /** Size of a reply after decompression, in bytes. Default 5,000,000. */
  readonly maxReplyBytes?: number | undefined;
}

interface ServiceRequest extends HttpOptions {
  /** The service as messages name it: `Tavily`. */
  readonly service: string;
  readonly url: URL;
  /** Overrule what is sent otherwise, such as `accept`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The status that the body of a reply with HTTP status 200 to 299 tells, where it is a refusal all the same. */
  readonly statusInBody?: ((body: string) => number | undefined) | undefined;
  /** True for a refusal that is an answer: its body is then read as that of any other reply. */
  readonly isAnswer?: ((refusal: Refusal) => boolean) | undefined;
  /** What the engine knows about a refusal; `undefined` leaves it to the general rule. */
  readonly explain?: ((refusal: Refusal) => Explanation | undefined) | undefined;
  /** Never shown, even if the server repeats them. */
  readonly secrets?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface JsonRequest<T> extends ServiceRequest {
  /** Sent as JSON by POST. Without it the request is a GET. */
  readonly body?: unknown;
  /** What the reply must look like. */
  readonly schema: z.ZodType<T>;
}

export interface TextRequest extends ServiceRequest {
  /** Sent by POST, as a form of a web page is. Without it the request is a GET. */
  readonly form?: URLSearchParams;
}

interface Replied<T> {
  readonly status: "replied";
  readonly value: T;
  /** What the server asked us to wait, in milliseconds, in a reply that counts as success. */
  readonly retryAfterMs?: number;
}

export type Reply<T> = Replied<T> | { readonly status: "failed"; readonly failure: SearchFailure };

/** A reply with a status of 200 to 299, as it came. */
export interface TextReply {
  readonly text: string;
  readonly contentType: string;
  readonly httpStatus: number;
}

/** What goes over the wire besides the headers of a request. */
interface Wire {
  readonly accept: string;
  /** Without it the request is a GET. */
  readonly content?: { readonly type: string; readonly text: string };
}

const DEFAULT_DEADLINE_MS = 15_000;
const DEFAULT_MAX_REPLY_BYTES = 5_000_000;
const MAX_REDIRECTS = 3;

/**
 * One request for JSON. Whatever the network or the server does is a `failed` reply; it rejects only with the
 * AbortError of `signal`. Redirects are followed within the same origin, so that a key goes nowhere else.
 */
export async function requestJson<T>(request: JsonRequest<T>): Promise<Reply<T>> {
  const reply = await run(request, {
    accept: "application/json",
    ...(request.body === undefined
      ? {}
      : { content: { type: "application/json", text: JSON.stringify(request.body) } }),
  });
  return reply.status === "failed" ? reply : readValue(request, reply);
}

/** The same for a service that answers with text, such as a web page. Its form is for the engine to judge. */
export async function requestText(request: TextRequest): Promise<Reply<TextReply>> {
  const type = "application/x-www-form-urlencoded";
  return run(request, {
    accept: "*/*",
    ...(request.form === undefined ? {} : { content: { type, text: request.form.toString() } }),
  });
}

async function run(request: ServiceRequest, wire: Wire): Promise<Reply<TextReply>> {
  const deadlineMs = request.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const reply = await withDeadline({ deadlineMs, signal: request.signal }, async (signal) => {
    try {
      return await exchange(request, wire, signal);
    } catch (error) {
      const { kind, what } = readNetworkFailure(error);
      return failed(kind, `${describeService(request)} ${what}.`);
    }
  });
  if (reply === "deadline") {
    return failed("timeout", `${describeService(request)} did not answer within ${deadlineMs / 1000} s.`);
  }
  return reply;
}

async function exchange(request: ServiceRequest, wire: Wire, signal: AbortSignal): Promise<Reply<TextReply>> {
  const reply = await send(request, wire, signal);
  if (reply instanceof URL) {
    return failed(
      "misconfigured",
      `${describeService(request)} redirects to ${reply.origin}${reply.pathname}. Set the base URL to where it really is.`,
    );
  }
  const maxBytes = request.maxReplyBytes ?? DEFAULT_MAX_REPLY_BYTES;
  if (!reply.ok) {
    const said = await readBodyStart(reply, maxBytes);
    return judgeRefusal(request, toRefusal(request, reply, reply.status, said));
  }
  const body = await readBody(reply, maxBytes);
  if (!body.complete) {
    return failed("bad-reply", `${describeService(request)} sent more than ${maxBytes} bytes.`, reply.status);
  }
  const status = request.statusInBody?.(body.text);
  if (status !== undefined) return judgeRefusal(request, toRefusal(request, reply, status, body.text));
  const contentType = reply.headers.get("content-type") ?? "";
  const retryAfterMs = readRetryAfter(reply.headers, Date.now());
  return {
    status: "replied",
    value: { text: body.text, contentType, httpStatus: reply.status },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function toRefusal({ secrets }: ServiceRequest, reply: HttpReply, status: number, body: string): Refusal {
  return {
    status,
    httpStatus: reply.status,
    headers: reply.headers,
    body: redact(body, secrets),
    retryAfterMs: readRetryAfter(reply.headers, Date.now()),
  };
}

function judgeRefusal(request: ServiceRequest, refusal: Refusal): Reply<TextReply> {
  if (request.isAnswer?.(refusal) !== true) {
    const failure = explainRefusal(describeService(request), refusal, request.explain?.(refusal));
    return { status: "failed", failure };
  }
  const { body, headers, httpStatus } = refusal;
  const contentType = headers.get("content-type") ?? "";
  return { status: "replied", value: { text: body, contentType, httpStatus } };
}

/** The reply, or the address outside the origin that it redirects to. */
async function send(request: ServiceRequest, wire: Wire, signal: AbortSignal): Promise<HttpReply | URL> {
  const fetch = request.fetch ?? sendHttp;
  let url = request.url;
  for (let redirects = 0; ; redirects++) {
    const reply = await fetch(url, {
      method: wire.content === undefined ? "GET" : "POST",
      headers: {
        accept: wire.accept,
        ...(wire.content === undefined ? {} : { "content-type": wire.content.type }),
        ...request.headers,
      },
      ...(wire.content === undefined ? {} : { body: wire.content.text }),
      redirect: "manual",
      signal,
    });
    const location = reply.headers.get("location");
    if (reply.status < 300 || reply.status >= 400 || location === null) return reply;
    if (!URL.canParse(location, url.href)) return reply;
    await readBodyStart(reply, 0);
    url = new URL(location, url);
    if (url.origin !== request.url.origin || redirects === MAX_REDIRECTS) return url;
  }
}

function readValue<T>(request: JsonRequest<T>, reply: Replied<TextReply>): Reply<T> {
  const { text, contentType, httpStatus } = reply.value;
  const value = parseJson(text);
  if (value === undefined) {
    const instead =
      /html/iu.test(contentType) || /^\s*</u.test(text) ? "a web page" : `${text.length} characters`;
    return failed(
      "bad-reply",
      `${describeService(request)} answered with ${instead} that is not JSON. Check that the base URL is that of the service, and that no login page or proxy answers in its place.`,
      httpStatus,
    );
  }
  const parsed = request.schema.safeParse(value);
  if (parsed.success) return { ...reply, value: parsed.data };
  const issue = parsed.error.issues[0];
  const where =
    issue === undefined ? "" : `: ${issue.path.join(".") || "the reply"}: ${cleanLine(issue.message)}`;
  return failed("bad-reply", `${describeService(request)} answered in an unknown form${where}.`, httpStatus);
}

export function describeService({ service, url }: { readonly service: string; readonly url: URL }): string {
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
