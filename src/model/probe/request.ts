import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { requestHeaders, type ApiKey } from "../exchange/request.ts";
import { parseJson } from "../../net/json.ts";
import { readBody, readBodyStart } from "../../net/read-body.ts";
import { readLines } from "../../net/lines.ts";
import { startDeadline } from "../../net/deadline.ts";
import type { Reply, Send } from "../../net/send.ts";
import { readEvents, type SilenceWatch } from "../../net/event-stream.ts";
import { connectionFailure, errorText, statusFailure, type RequestTarget } from "../exchange/http-failure.ts";
import { QWQ_SAMPLING, type Sampling } from "../sampling.ts";

/** Who is probed. */
export interface ProbeTarget extends RequestTarget {
  readonly apiKey?: ApiKey | undefined;
  readonly fetch: Send;
  /** For one request. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What came back: the JSON values of a reply, or the word that there is none. */
export type ProbeReply = Answered | Unanswered;

interface Answered {
  readonly kind: "answered";
  readonly streamed: boolean;
  readonly values: readonly unknown[];
}

export type Unanswered =
  /** It does not do this. `missing`: there is no such address, or no such model. */
  | { readonly kind: "refused"; readonly missing: boolean; readonly words: string }
  /** It failed, which may pass. */
  | { readonly kind: "failed"; readonly words: string };

/** The likeliest token each time; the other fields are those of a run, for a server may refuse them. */
export const GREEDY: Sampling = { ...QWQ_SAMPLING, temperature: 0 };

const bodySchema = z.record(z.string(), z.unknown());

/** Puts more fields into each body that is sent; an object that is there has those of both. */
export function withFields(send: Send, fields: Readonly<Record<string, unknown>> | undefined): Send {
  if (fields === undefined) return send;
  return (url, sent) => {
    const read = bodySchema.safeParse(sent.body === undefined ? undefined : parseJson(sent.body));
    if (!read.success) return send(url, sent);
    const merged = Object.entries(fields).map(([name, value]) => {
      const [old, own] = [bodySchema.safeParse(read.data[name]), bodySchema.safeParse(value)];
      return [name, old.success && own.success ? { ...old.data, ...own.data } : value] as const;
    });
    return send(url, {
      ...sent,
      body: JSON.stringify({ ...read.data, ...Object.fromEntries(merged) }),
    });
  };
}

const MISSING = new Set([404, 405, 501]);
/** All that is read of a reply: it is a few dozen tokens long. */
const MAX_LENGTH = 65_536;
const MAX_EVIDENCE = 80;
const MAX_WORDS = 240;
const UNWATCHED: SilenceWatch = { wait: () => {}, heard: () => {} };

/**
 * Sends one request and reads all of the reply.
 *
 * @throws what says nothing about what the server can do: `model-unreachable`, `-timeout`, `-unauthorized`,
 * `-rate-limited`, `-server-error` while it is loading; an AbortError.
 */
export async function sendProbe(
  target: ProbeTarget,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ProbeReply> {
  const deadline = startDeadline(target.signal);
  deadline.limit(
    target.timeoutMs,
    `The model server at ${target.baseUrl} did not answer within ${target.timeoutMs} ms. Look whether it is still loading.`,
  );
  try {
    const response = await target.fetch(url, {
      method: "POST",
      headers: requestHeaders(target.apiKey, headers),
      body,
      signal: deadline.signal,
      redirect: "manual",
    });
    return await readReply(target, response);
  } catch (error) {
    const failure = deadline.failure();
    if (failure !== undefined) throw failure;
    throw AgenticRagError.isInstance(error) ? error : connectionFailure(target, error);
  } finally {
    deadline.close();
  }
}

async function readReply(target: ProbeTarget, response: Reply): Promise<ProbeReply> {
  if (!response.ok) return refusal(target, response.status, await readBodyStart(response, MAX_LENGTH));
  const type = response.headers.get("content-type") ?? "";
  if (response.body !== null && /^text\/event-stream/i.test(type)) {
    return answered(target, true, await collect(readEvents(response.body, UNWATCHED)));
  }
  if (response.body !== null && /^application\/x-ndjson/i.test(type)) {
    return answered(target, true, await collect(readLines(response.body, UNWATCHED)));
  }
  return answered(target, false, [(await readBody(response, MAX_LENGTH)).text]);
}

async function collect(batches: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  const texts: string[] = [];
  let length = 0;
  for await (const batch of batches) {
    for (const text of batch) {
      if (text.trim() === "[DONE]" || length > MAX_LENGTH) return texts;
      texts.push(text);
      length += text.length;
    }
  }
  return texts;
}

const reportedSchema = z.object({ error: z.unknown() });

function answered(target: ProbeTarget, streamed: boolean, texts: readonly string[]): ProbeReply {
  const reported = texts.find((text) => reportedSchema.safeParse(parseJson(text)).data?.error != null);
  if (reported !== undefined) return { kind: "failed", words: evidence(target, errorText(reported)) };
  const values = texts.map(parseJson);
  if (values.length > 0 && values.every((value) => value !== undefined)) {
    return { kind: "answered", streamed, values };
  }
  const [text = ""] = texts;
  return {
    kind: "refused",
    missing: true,
    words: `no completion, but ${evidence(target, text) || "nothing"}`,
  };
}

/** What the values of a reply say; a reply that the family could not read is a refusal. */
export function readValues<Said>(
  { values }: Answered,
  read: (values: readonly unknown[]) => Said,
): Said | Unanswered {
  try {
    return read(values);
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    return { kind: "refused", missing: false, words: error.message };
  }
}

function refusal(target: ProbeTarget, status: number, text: string): ProbeReply {
  if ([401, 408, 429, 503].includes(status)) throw statusFailure(target, status, text);
  const words = `${status}: ${evidence(target, errorText(text) || text, MAX_WORDS)}`;
  if (status >= 500 && !MISSING.has(status)) return { kind: "failed", words };
  return { kind: "refused", missing: MISSING.has(status) || status < 400, words };
}

/** A text as it may be shown: on one line, without anything that a terminal acts on, without the key, short. */
export function evidence(target: RequestTarget, text: string, most = MAX_EVIDENCE): string {
  const plain = Array.from(
    target
      .redact(text)
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
      .trim(),
  );
  return plain.length <= most ? plain.join("") : `${plain.slice(0, most - 1).join("")}…`;
}
