import {
  isComparable,
  respell,
  slipsBetween,
  trigramsOf,
  wordsToCheck,
  type Respelt,
} from "../../text/spelling.ts";
import type { IndexReader } from "./index-reader.ts";
import { ask, type Steps } from "./steps.ts";
import { readIndexQuery } from "./terms/index-query.ts";
import { matchOf } from "./terms/match.ts";

/** A word of an index, and how many slips make another of it. */
interface CloseWord {
  readonly word: string;
  readonly slips: number;
}

const MOST_LIKE = 300;
/** Of words as close as one another the one that most passages hold is meant. */
const MOST_COUNTED = 1_000;
const MOST_CLOSEST = 8;
/** Two slips and, in Korean, a particle. */
const SPARE = 4;

/**
 * A question with the words that the indexes have for those that they lack: a word is mistyped only where none holds it,
 * in any of its forms.
 */
export function* respellQuestion(question: string, readers: readonly IndexReader[]): Steps<Respelt> {
  const better = new Map<string, string>();
  for (const word of wordsToCheck(question)) {
    if (!isComparable(word) || !(yield* isLackedByAll(word, readers))) continue;
    const close: CloseWord[] = [];
    for (const reader of readers) close.push(...(yield* closest(word, reader)));
    const [best] = close.toSorted((a, b) => a.slips - b.slips);
    if (best !== undefined) better.set(word, best.word);
  }
  return respell(question, (word) => better.get(word));
}

function* isLackedByAll(word: string, readers: readonly IndexReader[]): Steps<boolean> {
  for (const reader of readers) if ((yield* countPassages(word, 1, reader)) > 0) return false;
  return true;
}

function* countPassages(word: string, most: number, reader: IndexReader): Steps<number> {
  const query = readIndexQuery(word);
  return query === undefined ? 0 : yield* ask(() => reader.countAll(matchOf(query).all, most));
}

/** The word of an index that another is likely to be mistyped for, if there is one. */
function* closest(word: string, reader: IndexReader): Steps<CloseWord[]> {
  const letters = { least: word.length - SPARE, most: word.length + SPARE };
  const like = yield* ask(() => reader.wordsLike(trigramsOf(word), letters, MOST_LIKE));
  const close = like.flatMap((one) => {
    const slips = slipsBetween(word, one);
    return slips === undefined ? [] : [{ word: one, slips }];
  });
  const held: (CloseWord & { readonly passages: number })[] = [];
  for (const one of close.toSorted((a, b) => a.slips - b.slips).slice(0, MOST_CLOSEST)) {
    const passages = yield* countPassages(one.word, MOST_COUNTED, reader);
    if (passages > 0) held.push({ ...one, passages });
  }
  return held.toSorted((a, b) => a.slips - b.slips || b.passages - a.passages).slice(0, 1);
}
