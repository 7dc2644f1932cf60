import type { TokenRun } from "../exchange/token-run.ts";
import type { Reading } from "./dialect.ts";
import type { ScoredToken } from "./token-logprobs.ts";

export interface AlignOptions {
  /** The stop strings that were asked for. */
  readonly stop: readonly string[];
  /** Tokens that were asked to end the reply. */
  readonly stopTokenIds: readonly number[];
  /** The text contains the stop string that ended it. */
  readonly showsStop: boolean;
  /** What is needed where ids are wanted. */
  readonly encoding: StopEncoding | undefined;
}

export interface StopEncoding {
  /** The ids of each stop string. */
  readonly stopIds: ReadonlyMap<string, readonly number[]>;
  encode(text: string): Promise<readonly number[] | undefined>;
  decode(ids: readonly number[]): Promise<string | undefined>;
}

/** What a server has told of the tokens since the last text. */
export interface ToldTokens {
  readonly ids: readonly number[];
  readonly scores: readonly ScoredToken[];
  /** Tokens that were sampled, but not told. */
  readonly missing: number;
  /** False: a text came without any ids. */
  readonly complete: boolean;
  /** How many tokens of the whole reply were sampled by now. */
  readonly sampled: number;
}

export const NO_TOKENS: ToldTokens = { ids: [], scores: [], missing: 0, complete: true, sampled: 0 };

/** The tokens with those of one more part of the reply. */
export function addTokens(
  tokens: ToldTokens,
  { text, tokenIds, sampled, logprobs }: Pick<Reading, "text" | "tokenIds" | "sampled" | "logprobs">,
): ToldTokens {
  const told = tokenIds ?? logprobs;
  const counted = sampled !== undefined && told !== undefined;
  return {
    ids: [...tokens.ids, ...(tokenIds ?? [])],
    scores: [...tokens.scores, ...(logprobs ?? [])],
    missing: tokens.missing + (counted ? Math.max(0, sampled - tokens.sampled - told.length) : 0),
    complete: tokens.complete && (tokenIds !== undefined || text === ""),
    sampled: counted ? sampled : tokens.sampled,
  };
}

/**
 * A text with its tokens: the one place that decides which ids a text has.
 *
 * @param early how many of the ids came before the text.
 */
export async function pairTokens(
  text: string,
  tokens: ToldTokens,
  early: number,
  options: Pick<AlignOptions, "showsStop" | "encoding">,
): Promise<TokenRun> {
  const tokenIds = await idsOf(text, tokens, early, options);
  return { text, tokenIds, logprobs: logprobsOf(text, tokenIds, tokens) };
}

async function idsOf(
  text: string,
  { ids, missing, complete }: ToldTokens,
  early: number,
  { showsStop, encoding }: Pick<AlignOptions, "showsStop" | "encoding">,
): Promise<readonly number[] | undefined> {
  if (encoding === undefined || !complete || text.includes("\uFFFD")) return undefined;
  if (missing > 0) {
    const encoded = await encoding.encode(text);
    return encoded?.length === ids.length + missing && endsWithIds(encoded, ids) ? encoded : undefined;
  }
  if (early === 0 || showsStop) return ids;
  // held back as the beginning of a stop string, or of a control token that is not shown
  return (await encoding.decode(ids)) === text ? ids : undefined;
}

/** The log-probabilities if there is one for each id; without ids, if their tokens are this text. */
export function logprobsOf(
  text: string,
  ids: readonly number[] | undefined,
  { scores, missing }: ToldTokens,
): readonly number[] | undefined {
  const fits =
    ids === undefined
      ? missing === 0 && scores.length > 0 && scores.map((token) => token.text).join("") === text
      : scores.length === ids.length;
  return fits ? scores.map(({ logprob }) => logprob) : undefined;
}

export function endsWithIds(ids: readonly number[] | undefined, end: readonly number[] | undefined): boolean {
  if (ids === undefined || end === undefined) return false;
  return end.every((id, at) => ids[ids.length - end.length + at] === id);
}
