import type { Finish } from "../exchange/read-to-end.ts";
import { endsInStop } from "../exchange/stop-strings.ts";
import type { TokenRun } from "../exchange/token-run.ts";
import {
  endsWithIds,
  logprobsOf,
  type AlignOptions,
  type StopEncoding,
  type ToldTokens,
} from "./told-tokens.ts";

/** How a reply ends, once its finish is known. */
export interface Ended {
  /** What was kept back and belongs to the reply. */
  readonly texts: readonly TokenRun[];
  /** With the ids and log-probabilities of exactly `stopReason`, where they are known. */
  readonly ending: Finish & { readonly tokenIds?: readonly number[]; readonly logprobs?: readonly number[] };
}

/** The shape of the token that ends a turn, such as `<|im_end|>` or `</s>`: no other token's text is ever taken off. */
const TURN_END = /^(?:<[^<>\n]+>|\[[^[\]\n]+\])$/;

/**
 * The end of a reply that shows what ended it: that is taken off the last text.
 *
 * @param last the last text; missing where there is none
 * @param tokens those that came behind it
 */
export async function endShown(
  last: TokenRun | undefined,
  tokens: ToldTokens,
  finish: Finish,
  { stop, stopTokenIds, encoding }: AlignOptions,
): Promise<Ended> {
  if (last === undefined || finish.finishReason !== "stop") return { texts: listOf(last), ending: finish };
  const found = stopAtEnd(last.text, finish.stopReason, stop);
  const ids = found === undefined ? undefined : encoding?.stopIds.get(found);
  const fits = found !== undefined && ids !== undefined && endsWithIds(last.tokenIds, ids);
  const named = {
    ...finish,
    ...(found !== undefined && { stopReason: found }),
    ...(fits && { tokenIds: ids, ...scored(last.logprobs?.slice(-ids.length)) }),
  };
  if (finish.stopReason === null) {
    // a stop token that was asked for is a stop string; any other is the end of the turn
    const isAsked = fits && ids.length === 1 && ids.every((id) => stopTokenIds.includes(id));
    if (fits)
      return { texts: listOf(cutEnd(last, found, ids)), ending: isAsked ? named : { ...named, ...finish } };
    const { text, turnEnd } = await withoutTurnEnd(last, tokens, encoding);
    return { texts: listOf(text), ending: { ...finish, ...(turnEnd ?? turnEndOf(tokens)) } };
  }
  const text = found === undefined ? last : cutEnd(last, found, fits ? ids : undefined);
  return { texts: listOf(text), ending: named };
}

/**
 * The end of a reply that does not show what ended it.
 *
 * @param last the last text; missing where there is none
 * @param tokens those that came behind it
 */
export async function endHidden(
  last: TokenRun | undefined,
  tokens: ToldTokens,
  finish: Finish,
  { stop, encoding }: AlignOptions,
): Promise<Ended> {
  const { ids, missing, complete } = tokens;
  const { finishReason, stopReason } = finish;
  if (typeof stopReason !== "string") {
    const lost = finishReason === "length" ? await droppedAtLimit(tokens, stop, encoding) : undefined;
    const turnEnd = finishReason === "stop" && stopReason === null ? turnEndOf(tokens) : {};
    return { texts: [...listOf(last), ...listOf(lost)], ending: { ...finish, ...turnEnd } };
  }
  const stopIds = encoding?.stopIds.get(stopReason);
  if (complete && missing === 0 && stopIds?.length === ids.length && endsWithIds(ids, stopIds)) {
    const ending = { ...finish, tokenIds: stopIds, ...scored(logprobsOf(stopReason, stopIds, tokens)) };
    return { texts: listOf(last), ending };
  }
  const logprobs = encoding === undefined ? logprobsOf(stopReason, undefined, tokens) : undefined;
  // without tokens behind it, the stop string began within those of the last text
  const text = ids.length === 0 && last !== undefined ? { text: last.text } : last;
  return { texts: listOf(text), ending: { ...finish, ...scored(logprobs) } };
}

/** A text that was kept back as the beginning of a stop string and dropped when the limit was reached. */
async function droppedAtLimit(
  tokens: ToldTokens,
  stop: readonly string[],
  encoding: StopEncoding | undefined,
): Promise<TokenRun | undefined> {
  const { ids, missing, complete } = tokens;
  if (ids.length === 0 || !complete || missing > 0) return undefined;
  const text = await encoding?.decode(ids);
  if (text === undefined || text.includes("\uFFFD") || !endsInStop(text, stop)) return undefined;
  return { text, tokenIds: ids, logprobs: logprobsOf(text, ids, tokens) };
}

/** The stop string that a text ends with: the one that is named, or the longest. */
function stopAtEnd(
  text: string,
  named: string | null | undefined,
  stop: readonly string[],
): string | undefined {
  const candidates = typeof named === "string" ? [named] : stop;
  return candidates.filter((one) => one !== "" && text.endsWith(one)).sort((a, b) => b.length - a.length)[0];
}

type EndTokens = Pick<Ended["ending"], "tokenIds" | "logprobs">;

/** The token that ended the turn, where it alone came behind the last text. */
function turnEndOf(tokens: ToldTokens): EndTokens {
  const { ids, missing, complete } = tokens;
  if (ids.length !== 1 || missing > 0 || !complete) return {};
  return { tokenIds: ids, ...scored(logprobsOf("", ids, tokens)) };
}

/** The run without the text of the token that ends a turn, where its last token is one. */
async function withoutTurnEnd(
  run: TokenRun,
  tokens: ToldTokens,
  encoding: StopEncoding | undefined,
): Promise<{ readonly text: TokenRun | undefined; readonly turnEnd?: EndTokens }> {
  const id = tokens.ids.length === 0 ? run.tokenIds?.at(-1) : undefined;
  const written = id === undefined ? undefined : await encoding?.decode([id]);
  if (id === undefined || written === undefined || !TURN_END.test(written)) return { text: run };
  if (!run.text.endsWith(written)) return { text: { text: run.text } };
  const turnEnd = { tokenIds: [id], ...scored(run.logprobs?.slice(-1)) };
  return { text: cutEnd(run, written, [id]), turnEnd };
}

/** The run without what it ends with, and without its tokens where those of the end are not known. */
function cutEnd(
  { text, tokenIds, logprobs }: TokenRun,
  end: string,
  ids: readonly number[] | undefined,
): TokenRun | undefined {
  const left = text.slice(0, -end.length);
  if (left === "") return undefined;
  if (ids === undefined) return { text: left };
  return { text: left, tokenIds: tokenIds?.slice(0, -ids.length), logprobs: logprobs?.slice(0, -ids.length) };
}

function listOf(run: TokenRun | undefined): readonly TokenRun[] {
  return run === undefined ? [] : [run];
}

function scored(logprobs: readonly number[] | undefined) {
  return logprobs === undefined ? {} : { logprobs };
}
