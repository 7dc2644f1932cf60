import type { Segment } from "../../protocol/protocol.ts";
import type { Allowance } from "../budgets.ts";
import type { Usage } from "../usage.ts";

/** What is known of a model's context, and of how much of it the turn takes. */
export interface Room {
  /** Tokens of prompt and reply together; undefined where the server does not tell them. */
  readonly window: number | undefined;
  /** Tokens of the turn as it stands, opening and all. */
  readonly used: number;
  /** Of the text that goes into the prompt. */
  readonly bytesPerToken: number;
}

/** A tokenizer makes so many bytes of UTF-8 into one token, as a rule; the fewest where nothing was counted. */
const FEWEST_BYTES = 2.5;
const MOST_BYTES = 4.5;
/** What is counted of one text holds for another one only about. */
const CAUTION = 0.95;
/** What the reasoning and the answer behind a search are to have. */
const LEAST_REPLY = 256;

/** Tokens that are kept for what the model writes behind what it is shown. */
function replyTokens(window: number): number {
  return Math.min(4_096, Math.ceil(window / 4));
}

/**
 * Measures the turn by the tokens that its last request had, prompt and reply together, as the server counted them.
 *
 * @param turn as the model is shown it
 * @param counted 0: nothing was counted yet
 */
export function roomFor(
  messages: readonly { readonly content: string }[],
  turn: readonly Segment[],
  { window, counted }: { readonly window: number | undefined; readonly counted: number },
): Room {
  const last = turn.findLastIndex(({ origin }) => origin === "model");
  const known = bytesOf([...messages.map(({ content }) => content), ...turn.slice(0, last + 1).map(textOf)]);
  const added = bytesOf(turn.slice(last + 1).map(textOf));
  // some servers count only what they evaluated anew
  if (counted <= 0 || last < 0 || known > counted * 2 * MOST_BYTES) {
    return { window, used: Math.ceil((known + added) / FEWEST_BYTES), bytesPerToken: FEWEST_BYTES };
  }
  const measured = Math.min(MOST_BYTES, Math.max(FEWEST_BYTES, known / counted));
  return { window, used: counted + Math.ceil(added / measured), bytesPerToken: measured };
}

/**
 * Bytes of UTF-8 that a response may have so that it fits, with its frame and what is written behind it; `Infinity` where
 * the window is not known. Never below a quarter of the window: older responses make room for that.
 */
export function bytesFree({ window, used, bytesPerToken }: Room): number {
  if (window === undefined) return Infinity;
  const free = window - used - replyTokens(window);
  return Math.floor(Math.max(free, window / 4) * bytesPerToken * CAUTION);
}

/** About so many tokens are gone with bytes that were left out. */
export function tokensWithout(counted: number, { bytesPerToken }: Room, bytes: number): number {
  return Math.max(0, counted - Math.round(bytes / bytesPerToken));
}

/** Bytes that have to go before the next request, which leaves little room for a reply otherwise; 0 for none. */
export function bytesBeyond({ window, used, bytesPerToken }: Room): number {
  if (window === undefined) return 0;
  return Math.max(0, Math.ceil((used + leastReply(window) - window) * bytesPerToken));
}

/**
 * Bytes that have to go from a prompt that a server has refused for its length, as it counted it; undefined where neither
 * tells how many.
 */
export function bytesTooMany(
  prompt: string,
  {
    window,
    used,
    counted,
  }: { readonly window: number | undefined; readonly used: number; readonly counted: number | undefined },
): number | undefined {
  if (window === undefined) return undefined;
  const tokens = counted ?? used;
  const beyond = tokens + leastReply(window) - window;
  return beyond <= 0 ? undefined : Math.ceil((beyond * Buffer.byteLength(prompt)) / tokens);
}

/** The least that is left for a reply when responses are cut for it. */
function leastReply(window: number): number {
  return Math.min(1_024, Math.max(LEAST_REPLY, Math.ceil(window / 8)), Math.ceil(window / 2));
}

function textOf({ text }: Segment): string {
  return text;
}

function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** Whether a reply ended because the model's context was full, and not because it was as long as it may be. */
export function isFull(
  { end, usage, inContext }: { readonly end: string; readonly usage: Usage; readonly inContext: number },
  left: Allowance,
  window: number | undefined,
): boolean {
  if (end !== "length" || window === undefined || usage.completionTokens >= left.tokens) return false;
  return inContext >= window - 1;
}
