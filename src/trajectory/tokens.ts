import { stretchesOf, type Part, type Stretch } from "./stretches.ts";
import type { Trajectory } from "./trajectory.ts";

/** A text's ids, without any that begin or end a prompt. */
export type Encode = (text: string) => readonly number[];

/** A sequence as ids with its mask. */
export interface TokenSequence {
  readonly promptIds: readonly number[];
  readonly responseIds: readonly number[];
  /** 1 on what the model wrote, 0 on all else; one for each id of the response. */
  readonly responseMask: readonly (0 | 1)[];
  /** 0 where the mask is 0; undefined where one of the model's is not known. */
  readonly responseLogprobs: readonly number[] | undefined;
  /** Parts whose ids a tokenizer made, because the endpoint told none. */
  readonly madeParts: number;
  /** Tokens beside the edges of those parts that would be others if the text were tokenised in one. */
  readonly movedTokens: number;
}

/**
 * The sequences of a run: one, but where its prompt had to be made anew. Of a run whose family sends messages there are none,
 * and `undefined` where ids are missing and there is no tokenizer to make them.
 *
 * @param endId the token that ends a turn: put behind one that the model ended where `encode` made the ids of its last words, so
 * that nobody told it. Default: none is put there.
 */
export function tokenSequences(
  trajectory: Trajectory,
  encode?: Encode,
  endId?: number,
): readonly TokenSequence[] | undefined {
  const stretches = stretchesOf(trajectory);
  const end: Stretch =
    endId === undefined || !lacksEnd(trajectory)
      ? []
      : [{ mask: 1, text: "", tokenIds: [endId], logprobs: undefined }];
  const sequences = stretches.map((stretch, at) =>
    sequenceOf(at === stretches.length - 1 ? [...stretch, ...end] : stretch, encode),
  );
  return sequences.includes(undefined) ? undefined : sequences.filter((each) => each !== undefined);
}

/** Whether a model ended its turn, and no ids of its last words and of that end are known. */
export function lacksEnd({
  segments,
  generations,
  stopReason,
}: Pick<Trajectory, "segments" | "generations" | "stopReason">): boolean {
  const last = generations.at(-1);
  const wrote = last?.segment == null ? undefined : segments[last.segment];
  if (wrote === undefined || wrote.tokenIds !== undefined || last?.endTokenIds !== undefined) return false;
  // where an endpoint does not tell it from a stop string, an answer says that the turn is over
  return last?.end === "end-of-turn" || (last?.end === "stop" && stopReason === "answered");
}

function sequenceOf(stretch: Stretch, encode: Encode | undefined): TokenSequence | undefined {
  const [prompt, ...response] = stretch.map((part) => withIds(part, encode));
  if (prompt === undefined || [prompt, ...response].some(({ ids }) => ids === undefined)) return undefined;
  const scored = response.every(
    ({ part, ids = [] }) => part.mask === 0 || part.logprobs?.length === ids.length,
  );
  const made = [prompt, ...response].filter((each) => each.made);
  return {
    promptIds: prompt.ids ?? [],
    responseIds: response.flatMap(({ ids = [] }) => ids),
    responseMask: response.flatMap(({ part, ids = [] }) => ids.map(() => part.mask)),
    responseLogprobs: scored
      ? response.flatMap(({ part, ids = [] }) => (part.mask === 1 ? (part.logprobs ?? []) : ids.map(() => 0)))
      : undefined,
    madeParts: made.length,
    movedTokens: encode === undefined || made.length === 0 ? 0 : movedAtEdges(stretch, encode),
  };
}

function withIds(part: Part, encode: Encode | undefined) {
  const { tokenIds, text } = part;
  if (tokenIds !== undefined) return { part, ids: tokenIds, made: false };
  if (text === "") return { part, ids: [], made: false };
  return { part, ids: encode?.(text), made: true };
}

/** How many tokens beside the edges of the parts are not those of the text in one. */
function movedAtEdges(stretch: Stretch, encode: Encode): number {
  const texts = stretch.map(({ text }) => text).filter((text) => text !== "");
  let moved = 0;
  for (const [at, right] of texts.entries()) {
    const left = texts[at - 1];
    if (left === undefined) continue;
    // an edge moves what stands near it
    const [before, behind] = [left.slice(-EDGE), right.slice(0, EDGE)];
    moved += differing([...encode(before), ...encode(behind)], encode(before + behind));
  }
  return moved;
}

const EDGE = 64;

/** How many of the first ids are not in the second, apart from a common beginning and a common end. */
export function differing(ids: readonly number[], others: readonly number[]): number {
  const shorter = Math.min(ids.length, others.length);
  let begin = 0;
  while (begin < shorter && ids[begin] === others[begin]) begin += 1;
  let end = 0;
  while (end < shorter - begin && ids.at(-1 - end) === others.at(-1 - end)) end += 1;
  return ids.length - begin - end;
}

/** Segments of the model that a tokenizer makes other ids of than were drawn. */
export function redrawn(
  { segments }: Trajectory,
  encode: Encode,
): { readonly segments: number; readonly of: number } {
  const drawn = segments.filter(({ origin, tokenIds }) => origin === "model" && tokenIds !== undefined);
  const other = drawn.filter(({ text, tokenIds = [] }) => {
    const ids = encode(text);
    return ids.length !== tokenIds.length || differing(tokenIds, ids) > 0;
  });
  return { segments: other.length, of: drawn.length };
}
