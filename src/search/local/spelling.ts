import {
  isComparable,
  likenessOf,
  respell,
  slipsBetween,
  trigramsOf,
  wordsToCheck,
  type Respelt,
} from "../../text/spelling.ts";
import type { IndexReader } from "./index-reader.ts";
import { ask, type Awaitable, type Steps } from "./steps.ts";
import { readIndexQuery } from "./terms/index-query.ts";
import { matchOf, type Term } from "./terms/match.ts";
import { latinLanguageOf } from "./terms/stems.ts";
import { isStopWord } from "./terms/stop-words.ts";

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
  const language = latinLanguageOf(question);
  let lacking = wordsToCheck(question).filter((word) => isComparable(word) && !isStopWord(word, language));
  for (const reader of readers) {
    if (lacking.length === 0) break;
    const held = yield* ofWords(lacking, false, (queries) => reader.areHeld(queries, 1));
    lacking = lacking.filter((_, at) => held[at] !== true);
  }
  for (const word of lacking) {
    const close: CloseWord[] = [];
    for (const reader of readers) close.push(...(yield* closest(word, reader)));
    const [best] = close.toSorted((a, b) => a.slips - b.slips);
    if (best !== undefined) better.set(word, best.word);
  }
  return respell(question, (word) => better.get(word));
}

/** What a reader says of passages that hold a word in any of its forms, of each word; `none` of one without letters. */
function* ofWords<Answer>(
  words: readonly string[],
  none: Answer,
  answer: (queries: readonly (readonly Term[])[]) => Awaitable<readonly Answer[]>,
): Steps<readonly Answer[]> {
  const queries = words.map((word) => readIndexQuery(word));
  const asked = queries.filter((query) => query !== undefined).map((query) => matchOf(query).all);
  const answers = [...(yield* ask(() => answer(asked)))];
  return queries.map((query) => (query === undefined ? none : (answers.shift() ?? none)));
}

/** The word of an index that another is likely to be mistyped for, if there is one. */
function* closest(word: string, reader: IndexReader): Steps<CloseWord[]> {
  const letters = { least: word.length - SPARE, most: word.length + SPARE };
  const like = yield* ask(() => reader.wordsLike(trigramsOf(word), letters, MOST_LIKE, likenessOf(word)));
  const close = like.flatMap((one) => {
    const slips = slipsBetween(word, one);
    return slips === undefined ? [] : [{ word: one, slips }];
  });
  const likely = close.toSorted((a, b) => a.slips - b.slips).slice(0, MOST_CLOSEST);
  if (likely.length === 0) return [];
  const counts = yield* ofWords(
    likely.map((one) => one.word),
    0,
    (queries) => reader.countHolding(queries, MOST_COUNTED),
  );
  return likely
    .map((one, at) => ({ ...one, passages: counts[at] ?? 0 }))
    .filter(({ passages }) => passages > 0)
    .toSorted((a, b) => a.slips - b.slips || b.passages - a.passages)
    .slice(0, 1);
}
