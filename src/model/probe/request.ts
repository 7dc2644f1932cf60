import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { requestHeaders, type ApiKey } from "../exchange/request.ts";
import { readLines } from "../../net/lines.ts";
import { startDeadline } from "../../net/deadline.ts";
import { readEvents, type SilenceWatch } from "../../net/event-stream.ts";
import { connectionFailure, statusFailure, type RequestTarget } from "../exchange/http-failure.ts";
import type { Sampling } from "../sampling.ts";

/** Who is probed. */
export interface ProbeTarget extends RequestTarget {
  readonly apiKey?: ApiKey | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** For one request. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What came back: the JSON values of a reply, or the word that there is none. */
export type ProbeReply =
  | { readonly kind: "answered"; readonly streamed: boolean; readonly values: readonly unknown[] }
  /** It does not do this. `missing`: there is no such address, or no such model. */
  | { readonly kind: "refused"; readonly missing: boolean; readonly words: string }
  /** It failed, which may pass. */
  | { readonly kind: "failed"; readonly words: string };

/** The likeliest token each time. */
export const GREEDY: Sampling = {
  temperature: 0,
  topP: null,
  topK: null,
  minP: null,
  presencePenalty: null,
  frequencyPenalty: null,
  repetitionPenalty: null,
  seed: null,
};

const MISSING = new Set([404, 405, 501]);
const MAX_CHARACTERS = 65_536;
const MAX_EVIDENCE = 80;
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
    return await read(target, response);
  } catch (error) {
    const failure = deadline.failure();
    if (failure !== undefined) throw failure;
    throw AgenticRagError.isInstance(error) ? error : connectionFailure(target, error);
  } finally {
    deadline.close();
  }
}

async function read(target: ProbeTarget, response: Response): Promise<ProbeReply> {
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok) {
    const text = (await response.text()).slice(0, MAX_CHARACTERS);
    return refusal(target, response.status, text);
  }
  if (response.body !== null && /^text\/event-stream/i.test(type)) {
    return answered(target, true, await collect(readEvents(response.body, UNWATCHED)));
  }
  if (response.body !== null && /^application\/x-ndjson/i.test(type)) {
    return answered(target, true, await collect(readLines(response.body, UNWATCHED)));
  }
  return answered(target, false, [(await response.text()).slice(0, MAX_CHARACTERS)]);
}

async function collect(parts: AsyncIterable<string>): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const text of parts) {
    if (text.trim() === "[DONE]") break;
    texts.push(text);
  }
  return texts;
}

const reportedSchema = z.object({ error: z.unknown() });

function answered(target: ProbeTarget, streamed: boolean, texts: readonly string[]): ProbeReply {
  const values = texts.map(parsed);
  const reported = values
    .map((value) => reportedSchema.safeParse(value).data?.error)
    .find((error) => error != null);
  if (reported !== undefined)
    return { kind: "failed", words: evidence(target, wordsOf({ error: reported })) };
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

function refusal(target: ProbeTarget, status: number, text: string): ProbeReply {
  if ([401, 408, 429, 503].includes(status)) throw statusFailure(target, status, text);
  const words = `${status}: ${evidence(target, wordsOf(parsed(text)) || text)}`;
  if (status >= 500 && !MISSING.has(status)) return { kind: "failed", words };
  return { kind: "refused", missing: MISSING.has(status) || status < 400, words };
}

const wordsSchema = z.object({ message: z.string().optional(), detail: z.string().optional() });

/** The words of an error, in the shapes in which servers put them. */
function wordsOf(value: unknown): string {
  if (typeof value === "string") return value;
  const nested = reportedSchema.safeParse(value).data?.error;
  if (nested != null) return wordsOf(nested);
  const { message, detail } = wordsSchema.safeParse(value).data ?? {};
  return message ?? detail ?? "";
}

/** A text as it may be shown: on one line, without anything that a terminal acts on, without the key, short. */
export function evidence(target: RequestTarget, text: string): string {
  const plain = Array.from(
    target
      .redact(text)
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
      .trim(),
  );
  return plain.length <= MAX_EVIDENCE ? plain.join("") : `${plain.slice(0, MAX_EVIDENCE - 1).join("")}…`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
