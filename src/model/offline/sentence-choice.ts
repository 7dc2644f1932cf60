import { mentions, type Term } from "./question-terms.ts";
import { beginning, type CitedSentence, type Sentence, type Source } from "./sources.ts";

const MAX_SENTENCES = 5;
const MAX_PER_SOURCE = 3;
/** From this part of the best score on, a sentence is worth its place. */
const WORTH = 0.55;

/** With too few of those, others fill the answer up to a number, if they have this part of the best score. */
interface Filling {
  readonly upTo: number;
  readonly worth: number;
}
const ONE_FACT: Filling = { upTo: 3, worth: 0.35 };
const OVERVIEW: Filling = { upTo: MAX_SENTENCES, worth: 0.2 };
const ASKS_FOR_OVERVIEW = /\b(?:about|describe|explain|information|more|overview|summar\w+|tell)\b/i;

interface Scored extends Sentence {
  readonly score: number;
}

/**
 * The three to five sentences that say most about a question, fewer where there are not that many: few from each
 * source, none that repeats another. Sources come in the order of their best sentence; each begins with that, and goes
 * on in its own order.
 */
export function chooseSentences(
  question: string,
  asked: readonly Term[],
  sources: readonly Source[],
  supporting: readonly number[],
): CitedSentence[] {
  const weights = weigh(asked, sources);
  const scored = sources.flatMap((source) => {
    const trust = supporting.includes(source.number) ? 1 : 0.6;
    return source.sentences.map((sentence) => ({
      ...sentence,
      score: trust * score(question, weights, sentence, source),
    }));
  });
  const candidates = scored
    .filter((sentence) => sentence.score > 0)
    .sort((a, b) => b.score - a.score || a.number - b.number || a.position - b.position);
  return forReading(pick(candidates, ASKS_FOR_OVERVIEW.test(question) ? OVERVIEW : ONE_FACT));
}

interface Weighted {
  readonly term: Term;
  /** All weights of a question add up to 1. */
  readonly weight: number;
}

/** Rare terms say more than those of every other sentence. */
function weigh(asked: readonly Term[], sources: readonly Source[]): Weighted[] {
  const sentences = sources.flatMap((source) => source.sentences);
  const raw = asked.map((term) => {
    const frequency = sentences.filter(({ mentioned }) => mentioned.has(term.key)).length;
    return { term, weight: BASE_WEIGHT[term.kind] * Math.log(1 + sentences.length / (1 + frequency)) };
  });
  const total = raw.reduce((sum, { weight }) => sum + weight, 0);
  return raw.map(({ term, weight }) => ({ term, weight: weight / total }));
}

const BASE_WEIGHT = { name: 1.5, content: 1, generic: 0.4 } as const;

function score(question: string, weights: readonly Weighted[], sentence: Sentence, source: Source): number {
  if (!isOnTopic(weights, sentence, source)) return 0;
  const { text, position, mentioned } = sentence;
  const covered = (words: ReadonlySet<string>): number =>
    weights.reduce((sum, { term, weight }) => sum + (words.has(term.key) ? weight : 0), 0);
  const wanted = EXPECTED.some(([asks, answers]) => asks.test(question) && answers.test(text)) ? 0.2 : 0;
  const defining = DEFINITION.test(text) && covered(mentions(beginning(text))) > 0 ? 0.2 : 0;
  const referring = /^(?:it|its|this|that|these|those|they|their|he|she|his|her|such)\b/i.test(text)
    ? 0.2
    : 0;
  return (
    covered(mentioned) + 0.3 * covered(source.subject) + wanted + defining + 0.1 / (1 + position) - referring
  );
}

/** It mentions what the question is named after; or, where its source does, enough of what is asked about that. */
function isOnTopic(
  weights: readonly Weighted[],
  { mentioned }: Sentence,
  { subject, sentences }: Source,
): boolean {
  const terms = weights.map(({ term }) => term);
  const names = terms.filter(({ kind, text }) => kind === "name" && /\p{L}/u.test(text));
  const precise = names.filter(({ text }) => /\p{N}/u.test(text));
  const focus = precise.length > 0 ? precise : names;
  const said = terms.filter(({ key }) => mentioned.has(key));
  if (focus.length === 0 || said.some((term) => focus.includes(term))) return said.length > 0;
  const content = terms.filter(({ kind }) => kind === "content");
  const share = content.filter((term) => said.includes(term)).length / content.length;
  if (focus.some(({ key }) => subject.has(key))) return share > 0;
  return (
    content.length > 1 &&
    share > 0.5 &&
    focus.some(({ key }) => sentences.some((one) => one.mentioned.has(key)))
  );
}

/** What a kind of question asks for, and how that looks in a sentence. */
const EXPECTED: readonly (readonly [RegExp, RegExp])[] = [
  [/\bwhen\b|\bwhat (?:year|date)\b/i, /\b(?:1\d|20)\d\d\b/],
  [/\bhow (?:many|much|long|large|big|old|far|fast)\b/i, /\d/],
  [/\bwho\b/i, /(?<=\s)\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+|\b(?:team|university|researchers|company)\b/u],
];

/** It says what its subject is. */
const DEFINITION = /^(?:\S+ ){1,8}?(?:is|are|was|were) (?:an?|the|one)\b/i;

function pick(candidates: readonly Scored[], filling: Filling): Scored[] {
  const picked: Scored[] = [];
  const best = candidates[0]?.score ?? 0;
  for (const candidate of candidates) {
    if (picked.length === MAX_SENTENCES) break;
    const fromSame = picked.filter(({ number }) => number === candidate.number).length;
    const least = picked.length < filling.upTo ? filling.worth : WORTH + 0.05 * fromSame;
    if (
      fromSame < MAX_PER_SOURCE &&
      candidate.score >= least * best &&
      !picked.some((other) => repeats(candidate, other))
    ) {
      picked.push(candidate);
    }
  }
  return picked;
}

/** `picked` is in the order of the scores; within a source only its best sentence leaves its place, to the front. */
function forReading(picked: readonly Scored[]): CitedSentence[] {
  const best = picked.filter((one, at) => picked.findIndex(({ number }) => number === one.number) === at);
  return best.flatMap((first) => {
    const rest = picked.filter((one) => one.number === first.number && one !== first);
    return [first, ...rest.sort((a, b) => a.position - b.position)].map(({ number, text }) => ({
      number,
      text,
    }));
  });
}

function repeats(a: Sentence, b: Sentence): boolean {
  const shared = [...a.mentioned].filter((word) => b.mentioned.has(word)).length;
  return shared / Math.min(a.mentioned.size, b.mentioned.size) > 0.6;
}
