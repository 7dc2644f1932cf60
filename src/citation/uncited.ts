import type { Claim } from "./support/claim.ts";
import { isTelling } from "./support/cues.ts";
import type { Figure } from "./support/figures/figures.ts";
import { isRefusal } from "../text/refusal.ts";
import { headsSources, isConcluding, isFraming } from "./framing.ts";

export interface SentenceSpan {
  readonly start: number;
  readonly end: number;
  readonly sentence: string;
  /** Without code and formulas. */
  readonly said: string;
  /** A mark belongs to it. */
  readonly cited: boolean;
  /** It stands in a block of code. */
  readonly code: boolean;
}

/**
 * The sentences that state a fact and have no source, in the order of the answer: not headings, questions, greetings, what
 * leads to the answer, lists of sources, code, refusals, and what is drawn from cited sentences.
 * `isResearched`: there are sources, so that one word may be an answer.
 */
export function* uncitedSentences(
  text: string,
  spans: readonly SentenceSpan[],
  { isResearched, claimOf }: { readonly isResearched: boolean; readonly claimOf: (said: string) => Claim },
): Generator<undefined, string[]> {
  const isListed = withinSources(text);
  const uncited: string[] = [];
  let cited: readonly Claim[] | undefined;
  for (const { start, end, sentence, said, cited: isCited, code } of spans) {
    if (isCited || code || isListed(start) || !isStatement(text, start, end, sentence)) continue;
    yield undefined;
    const claim = claimOf(said);
    if (!saysSomething(claim, isResearched && spans.length === 1)) continue;
    cited ??= yield* claimsOf(
      spans.filter((span) => span.cited),
      claimOf,
    );
    if (!isDrawnFrom(claim, cited)) uncited.push(sentence);
  }
  return uncited;
}

function* claimsOf(
  spans: readonly SentenceSpan[],
  claimOf: (said: string) => Claim,
): Generator<undefined, readonly Claim[]> {
  const claims: Claim[] = [];
  for (const { sentence } of spans) {
    claims.push(claimOf(sentence));
    yield undefined;
  }
  return claims;
}

const HEADING = /^\s*(?:#{1,6}\s|(?:\*\*|__)[^*_]+(?:\*\*|__):?\s*$|={3,}\s*$|-{3,}\s*$)/u;
const QUESTION = /[?？؟]["”’»)\]*_\s]*$/u;
const LEADS_ON = /[:：]["”’»)\]*_\s]*$/u;
const TABLE_RULE = /^[\s|:+=-]+$/u;

function isStatement(text: string, start: number, end: number, sentence: string): boolean {
  const from = text.lastIndexOf("\n", start) + 1;
  const next = text.indexOf("\n", end);
  const line = text.slice(from, next < 0 ? text.length : next);
  const behind = next < 0 ? "" : text.slice(next + 1).split("\n", 1)[0];
  const isHeader = line.includes("|") && behind !== "" && TABLE_RULE.test(behind ?? "");
  return !(
    HEADING.test(line) ||
    TABLE_RULE.test(line) ||
    isHeader ||
    QUESTION.test(sentence) ||
    LEADS_ON.test(sentence) ||
    isFraming(sentence) ||
    isRefusal(sentence)
  );
}

/** Tells what stands in a list of sources: behind its heading, up to the next one. */
function withinSources(text: string): (at: number) => boolean {
  const lists: { from: number; to: number }[] = [];
  let open: number | undefined;
  for (const { 0: line, index } of text.matchAll(/[^\n]+/g)) {
    if (headsSources(line)) open ??= index;
    else if (open !== undefined && HEADING.test(line)) {
      lists.push({ from: open, to: index });
      open = undefined;
    }
  }
  if (open !== undefined) lists.push({ from: open, to: text.length });
  return (at) => lists.some(({ from, to }) => at >= from && at < to);
}

/** Two words that tell something, or one and a number; one alone where it is the whole answer. */
function saysSomething(claim: Claim, isWhole: boolean): boolean {
  const { keys, figures } = claim;
  // "opened" and "rose" are no keys, for the checks compare them by themselves
  const turns = claim.cues().directions.some((found, pair) => found.length > 0 && isTelling(pair));
  return (
    keys.size > 1 ||
    ((keys.size === 1 || turns) && figures.length > 0) ||
    (isWhole && keys.size + figures.length > 0)
  );
}

/** So much of a sentence must stand in cited ones for it to be drawn from them. */
const DRAWN = 0.5;
const REPEATED = 0.85;

/** It concludes from cited sentences, with their numbers or what comes of two of them; or says one of them again. */
function isDrawnFrom(claim: Claim, cited: readonly Claim[]): boolean {
  if (cited.length === 0) return false;
  if (isConcluding(claim.text)) {
    const keys = new Set(cited.flatMap((each) => [...each.keys]));
    const values = cited.flatMap(({ figures }) => figures.flatMap(valuesOf));
    const comesOf = (figure: Figure): boolean =>
      valuesOf(figure).length === 0 || valuesOf(figure).some((value) => isDerived(value, values));
    return shareOf(claim.keys, keys) >= DRAWN && claim.figures.every(comesOf);
  }
  return cited.some(
    (other) =>
      other.cues().negated === claim.cues().negated &&
      shareOf(claim.keys, other.keys) >= REPEATED &&
      claim.figures.every((figure) =>
        valuesOf(figure).some((value) => other.figures.some((each) => valuesOf(each).includes(value))),
      ),
  );
}

function shareOf(wanted: ReadonlySet<string>, given: ReadonlySet<string>): number {
  return wanted.size === 0 ? 1 : [...wanted].filter((key) => given.has(key)).length / wanted.size;
}

function valuesOf({ values, dates }: Figure): readonly number[] {
  return dates.length > 0 ? dates.flatMap(({ year }) => year ?? []) : values;
}

/** A few numbers can be put together in pairs; of many, any number would come. */
const MOST_NUMBERS = 40;

function isDerived(value: number, given: readonly number[]): boolean {
  const isIt = (other: number): boolean => Math.abs(value - other) <= Math.abs(other) * 0.02;
  if (given.includes(value)) return true;
  const few = given.slice(0, MOST_NUMBERS);
  if (isIt(few.reduce((sum, each) => sum + each, 0))) return true;
  return few.some((one, at) =>
    few.some(
      (other, place) =>
        at !== place &&
        (isIt(one + other) ||
          isIt(one - other) ||
          (other !== 0 && (isIt(one / other) || isIt((one / other) * 100)))),
    ),
  );
}
