import { z } from "zod";
import { parseJson } from "../../net/json.ts";
import { readBodyStart } from "../../net/read-body.ts";
import { send, type Reply, type Send } from "../../net/send.ts";
import { countsIn, numberIn } from "./told-counts.ts";

/**
 * The words with which servers refuse a field of the request, such as "Unsupported parameter: 'max_tokens' is not
 * supported with this model." (OpenAI), "Unexpected fields in the request: {'top_k', 'min_p'}" (transformers serve),
 * "Unrecognized request argument supplied: top_k", "Extra inputs are not permitted" (pydantic).
 */
export const REFUSES_FIELDS =
  /unsupported|unexpected|unrecogni[sz]ed|unknown|extra[_ ](?:inputs?|fields?|forbidden)|not (?:supported|permitted|allowed)/i;

/** The words with which a server names streaming, such as "`stream: true` is not supported", "Streaming is disabled". */
const STREAMING = /(?<![A-Za-z_])stream(?:ing|ed)?(?![A-Za-z_])/i;
const REFUSES_STREAMS =
  /unsupported|disabled|not (?:supported|available|implemented|allowed|permitted|enabled)|can(?:no|')t|must be/i;

/** Whether replies are asked for as streams. `auto`: they are, until the server refuses that. */
export type StreamWish = "auto" | "on" | "off";

/** What a request can do without. */
const DISPENSABLE: readonly string[] = [
  "max_tokens",
  "max_output_tokens",
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "presence_penalty",
  "frequency_penalty",
  "repetition_penalty",
  "repeat_penalty",
  "seed",
  "stop",
  "logprobs",
  "stream_options",
  "cache_prompt",
  "cache_control",
  "include",
  "response_format",
  "json_schema",
  "format",
];

/** The most tokens of a reply: OpenAI, DeepSeek, Groq, Anthropic. */
const MOST =
  /at most (\d+) completion tokens|valid range of max_tokens is \[\d+, ?(\d+)\]|max_tokens\W+must be (?:less than or equal to|<=) \W?(\d+)|max_tokens: \d+ > (\d+)/i;

/** With fewer tokens no answer can be hoped for: the prompt is too long. */
const LEAST_REPLY = 256;
/** Tokens are counted from bytes of UTF-8, rather too many than too few. */
const BYTES_PER_TOKEN = 3;
const MAX_REFUSALS = 8;
const NOTHING: ReadonlySet<string> = new Set();

/** A refusal that is longer says nothing more. */
const MAX_REFUSAL_BYTES = 65_536;

const bodySchema = z.record(z.string(), z.unknown());
type Body = Readonly<Record<string, unknown>>;

/** What the refusals of a model have told of it. */
interface Learnt {
  /** It does not stream: each reply is asked for in one piece. */
  readonly whole?: true;
  readonly without: ReadonlySet<string>;
  /** Tokens of prompt and reply together. */
  readonly window?: number | undefined;
  /** Tokens that a prompt had beyond those estimated, such as those of its template. */
  readonly beyond?: number;
  /** Tokens of a reply. */
  readonly most?: number;
}

export interface Obedience {
  /** What `max_completion_tokens` is raised to, at least. @default 0 */
  readonly leastTokens?: number;
  /** @default "auto" */
  readonly stream?: StreamWish | undefined;
  /** The tokens of prompt and reply together that a model has, as far as they are known by now. */
  readonly windowOf?: ((modelName: string) => number | undefined) | undefined;
}

/**
 * Sends requests, heeds what a server refuses, and remembers it for each model. A field that it does not take is left out:
 * `max_tokens` goes by its newer name, `max_completion_tokens`, of which the models that want that need some to think. A
 * limit of tokens that it names is kept to, as long as that leaves room for a reply; where the window is known, so is a
 * wish for more than it leaves. Where it does not stream, the reply is asked for in one piece.
 *
 * @param given what sends the requests. @default `send`
 */
export function obeyingRefusals(given: Send = send, options: Obedience = {}): Send {
  return obeying(given, options, ({ ok, status, statusText, url, headers }, text) => {
    return { ok, status, statusText, url, headers, body: new Response(text).body };
  });
}

/** The same as a `fetch`, for a library that wants one. */
export function obeyingFetch(given: typeof globalThis.fetch): typeof globalThis.fetch {
  return obeying(given, {}, (response, text) => new Response(text, response));
}

/** @param again a refusal whose body was read, with that text as its body */
function obeying<Input, Init extends { readonly body?: unknown } | undefined, Replied extends Reply>(
  given: (input: Input, init: Init) => Promise<Replied>,
  { leastTokens = 0, stream = "auto", windowOf }: Obedience,
  again: (refusal: Replied, text: string) => Replied,
): typeof given {
  /** By model. */
  const known = new Map<string, Learnt>();
  return async (input, init) => {
    const read = bodySchema.safeParse(typeof init?.body === "string" ? parseJson(init.body) : undefined);
    if (!read.success) return given(input, init);
    const { data: body } = read;
    const name = typeof body["model"] === "string" ? body["model"] : "";
    /** The limit that a refusal has left for this very prompt. */
    let limit = Infinity;
    for (let refusals = 0; ; refusals += 1) {
      const learnt: Learnt = {
        without: NOTHING,
        window: windowOf?.(name),
        ...(stream === "off" && { whole: true }),
        ...known.get(name),
      };
      const sent = heeding(body, learnt, { limit, leastTokens });
      const isChanged =
        limit < Infinity || known.has(name) || learnt.whole === true || limitOf(sent) !== limitOf(body);
      const response = await given(input, isChanged ? { ...init, body: JSON.stringify(sent) } : init);
      if ((response.status !== 400 && response.status !== 422) || refusals === MAX_REFUSALS) return response;
      const text = await readBodyStart(response, MAX_REFUSAL_BYTES);
      const told =
        limitIn(text, sent) ??
        fieldsIn(text, sent, learnt) ??
        (stream === "auto" ? wholeIn(text, sent) : undefined);
      if (told === undefined) return again(response, text);
      const { left, ...more } = told;
      limit = left ?? limit;
      known.set(name, { ...learnt, ...more });
    }
  };
}

function heeding(
  body: Body,
  { without, whole, window = Infinity, beyond = 0, most = Infinity }: Learnt,
  { limit, leastTokens }: { readonly limit: number; readonly leastTokens: number },
): Record<string, unknown> {
  const left = Object.fromEntries(Object.entries(body).filter(([name]) => !without.has(name)));
  const sent = whole === true && "stream" in body ? withoutStream(left) : left;
  const wished = limitOf(body);
  if (wished === undefined) return sent;
  const room = window - estimatedTokens(body) - beyond;
  const space = limit < Infinity ? limit : room < LEAST_REPLY ? window : room;
  const fits = Math.min(wished, most, space);
  const given = LIMITS.find((field) => body[field] !== undefined) ?? "max_tokens";
  const name = given === "max_tokens" && without.has(given) ? "max_completion_tokens" : given;
  if (without.has(name)) return sent;
  sent[name] = without.has("max_tokens") ? Math.max(fits, leastTokens) : fits;
  return sent;
}

/** The limit that a refusal names, where keeping to it helps. */
function limitIn(
  text: string,
  sent: Body,
): (Pick<Learnt, "window" | "most" | "beyond"> & { readonly left?: number }) | undefined {
  const asked = limitOf(sent);
  if (asked === undefined) return undefined;
  const most = numberIn(MOST, text);
  if (most !== undefined) return most > 0 && most < asked ? { most } : undefined;
  const { window, prompt } = countsIn(text, asked);
  if (window === undefined) return undefined;
  if (prompt === undefined) return window < asked && window >= LEAST_REPLY ? { window } : undefined;
  const left = window - prompt;
  const beyond = Math.max(0, prompt - estimatedTokens(sent));
  return left >= LEAST_REPLY && left < asked ? { window, left, beyond } : undefined;
}

/** The fields that a refusal names and a request can do without. */
function fieldsIn(
  text: string,
  sent: Body,
  { without }: Learnt,
): (Pick<Learnt, "without"> & { readonly left?: undefined }) | undefined {
  if (!REFUSES_FIELDS.test(text)) return undefined;
  const named = DISPENSABLE.filter(
    (field) => Object.hasOwn(sent, field) && [field, camelCase(field)].some((name) => hasWord(text, name)),
  );
  return named.length === 0 ? undefined : { without: new Set([...without, ...named]) };
}

/** Whether a refusal says that the server does not stream. */
function wholeIn(
  text: string,
  { stream }: Body,
): (Pick<Learnt, "whole"> & { readonly left?: undefined }) | undefined {
  return stream === true && STREAMING.test(text) && REFUSES_STREAMS.test(text) ? { whole: true } : undefined;
}

function withoutStream(body: Record<string, unknown>): Record<string, unknown> {
  const { stream_options: _, ...others } = body;
  return { ...others, stream: false };
}

/** The names of the most tokens of a reply. */
const LIMITS = ["max_tokens", "max_completion_tokens", "max_output_tokens"] as const;

function limitOf(body: Body): number | undefined {
  return LIMITS.map((name) => body[name]).find((limit) => typeof limit === "number");
}

function estimatedTokens({ prompt, messages, input, tools }: Body): number {
  if (typeof prompt === "string") return tokensOf(prompt);
  if (!Array.isArray(prompt)) return tokensOf(JSON.stringify([messages ?? input, tools]));
  return prompt.reduce<number>((sum, piece) => sum + (typeof piece === "string" ? tokensOf(piece) : 1), 0);
}

function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`(?<![A-Za-z_])${word}(?![A-Za-z_])`).test(text);
}

function camelCase(field: string): string {
  return field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
