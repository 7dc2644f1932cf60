import { AgenticRagError } from "../../errors.ts";
import { cleanMessage, statusFailure, type RequestTarget } from "./http-failure.ts";
import { z } from "zod";
import { parseJson } from "../../net/json.ts";
import { readBody, readBodyStart } from "../../net/read-body.ts";
import { readRetryAfter } from "../../net/retry-after.ts";
import type { Reply, Send } from "../../net/send.ts";

const EVENT_STREAM = /^text\/event-stream/i;
const JSON_TYPE = /^application\/json/i;

/** A reply in one piece has as many tokens as were asked for, and nobody wants more. */
const MAX_REPLY_BYTES = 8_000_000;

/** An error page that is longer says nothing more. */
const MAX_FAILURE_BYTES = 65_536;

export interface OpenRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly target: RequestTarget;
  readonly signal: AbortSignal;
  readonly fetch: Send;
  /** What the reply is. @default server-sent events */
  readonly mediaType?: RegExp;
  /** Milliseconds since 1970, to read a `Retry-After` that is a date. */
  readonly now: () => number;
}

/** A completion in one piece, as servers that do not stream send it. */
const completionSchema = z.union([
  z.object({ choices: z.array(z.unknown()).min(1) }),
  z.object({ object: z.literal("response"), output: z.array(z.unknown()) }),
  z.object({ type: z.literal("message"), content: z.array(z.unknown()) }),
  z.object({ candidates: z.array(z.unknown()).min(1) }),
  z.object({ promptFeedback: z.object({ blockReason: z.string() }) }),
  z.object({ error: z.unknown().refine((error) => error != null) }),
]);

/**
 * Sends the request and gives the body of the stream that answers it, or the text of a completion that came in one
 * piece. Redirects are not followed: a prompt goes where the operator sent it.
 *
 * @throws a `model-…` error for any other answer; what `fetch` throws for none.
 */
export async function openCompletion(request: OpenRequest): Promise<AsyncIterable<Uint8Array> | string> {
  const { url, headers, body, target, signal, mediaType = EVENT_STREAM } = request;
  const response = await request.fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
  const type = response.headers.get("content-type");
  if (response.ok && response.body !== null && (type === null || mediaType.test(type))) return response.body;

  const isWhole = response.ok && type !== null && JSON_TYPE.test(type);
  const text = isWhole
    ? (await readBody(response, MAX_REPLY_BYTES)).text
    : await readBodyStart(response, MAX_FAILURE_BYTES);
  if (isWhole && completionSchema.safeParse(parseJson(text)).success) return text;
  if (!response.ok) {
    const said = response.status < 400 ? redirection(response) : text || response.statusText;
    throw statusFailure(target, response.status, said, readRetryAfter(response.headers, request.now()));
  }
  throw new AgenticRagError(
    "model-bad-reply",
    `The model server at ${target.baseUrl} answered with ${cleanMessage(target, type ?? "no body")} instead of an event stream: ` +
      `"${cleanMessage(target, text)}". Check that the base URL is a completions endpoint.`,
    { facts: { status: response.status } },
  );
}

function redirection(response: Reply): string {
  const location = response.headers.get("location");
  return location !== null && URL.canParse(location, response.url)
    ? `it redirects to ${new URL(location, response.url).origin}`
    : response.statusText;
}
