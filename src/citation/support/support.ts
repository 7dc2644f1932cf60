import { atOnce, STEPS } from "../../text/at-once.ts";
import { overlapIn } from "../overlap.ts";
import { type Check, checkQuotes, hasLike, type ShareOf } from "./checks.ts";
import { type Claim, createClaimReader } from "./claim.ts";
import { checkCues } from "./cue-checks.ts";
import { likeness } from "./figures/figures.ts";
import { checkFigures } from "./figure-checks.ts";
import { checkNames, checkSubject, isFragment, namesAsked, relationAsked, tellsOf } from "./name-checks.ts";
import { once } from "./once.ts";
import { checkOrder, isConverse } from "./order-checks.ts";
import { bestPassage, type Passage, type WeightOf } from "./passage.ts";
import { type Given, readSource, type SourceReader } from "./read-source.ts";
import type { Clause, SourceText } from "./source-text.ts";
import type { Term } from "./terms.ts";
import { isOtherLanguage, LITTLE_SIGNS, saysLittle } from "./wording.ts";

/**
 * How far a source stands behind a sentence that cites it. `supported`: the passage says all of it in about these words;
 * `partly`: some of it, or less surely; `unsupported`: it says otherwise, or nothing of it; `unclear`: no check can tell.
 */
export const SUPPORT_VERDICTS = ["supported", "partly", "unsupported", "unclear"] as const;
export type SupportVerdict = (typeof SUPPORT_VERDICTS)[number];

/** A sentence, judged against one source. Offsets count UTF-16 units in the source's text. */
export interface Support {
  readonly verdict: SupportVerdict;
  readonly checks: Check[];
  /** Share of the sentence's content words that stand in the source, 0 to 1: it measures wording, not truth. */
  readonly overlap: number;
  /** The passage that says most of the sentence; empty where none says anything of it. */
  readonly citedText: string;
  readonly start: number;
  readonly end: number;
}

/** Judges sentences against the sources of one run, each of which is taken apart once. */
export interface SupportJudge {
  /** Takes the sources apart, and stops within each so that this need not be done at once; `judge` does what is left. */
  reading(): Generator<undefined, unknown>;
  /** What `judge` does, as work that stops often. */
  judging(sentence: string, number: number | null, others?: readonly number[]): Generator<undefined, Support>;
  /**
   * @param number of the source; `null` where there is none, which supports nothing
   * @param others the numbers of the sources that the sentence cites, this one or others
   */
  judge(sentence: string, number: number | null, others?: readonly number[]): Support;
}

const NOTHING = { overlap: 0, citedText: "", start: 0, end: 0 } as const;
/** Shares of a sentence's words that the passage must have, weighted by how rare they are. */
const MOST_WORDS = 0.7;
const SOME_WORDS = 0.3;

/** What takes a source and a sentence apart, or has done so before. */
export interface JudgeReaders {
  readonly readOf?: SourceReader;
  readonly claimOf?: (sentence: string) => Claim;
}

/** @param question what the sentences answer, where it is known */
export function createSupportJudge(
  sources: readonly Given[],
  question = "",
  { readOf = readSource, claimOf = createClaimReader() }: JudgeReaders = {},
): SupportJudge {
  const asked = once(() => namesAsked(question));
  const relation = once(() => relationAsked(question, asked()));
  const given = new Map(sources.map((source) => [source.number, source]));
  const texts = new Map<number, SourceText>();
  const overlaps = new Map<number, (sentence: string) => number>();
  const counts = new Map<string, number>();
  let rarity: WeightOf | undefined;

  function* read(source: Given): Generator<undefined, SourceText> {
    const { text, words } = yield* readOf(source);
    if (texts.has(source.number)) return texts.get(source.number) ?? text;
    texts.set(source.number, text);
    overlaps.set(source.number, overlapIn(words));
    for (const [at, { keys }] of text.units.entries()) {
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
      if (at % STEPS === STEPS - 1) yield undefined;
    }
    return text;
  }
  const textOf = (number: number): SourceText | undefined => {
    const source = given.get(number);
    return source === undefined ? undefined : (texts.get(number) ?? atOnce(read(source)));
  };
  function* readAll(): Generator<undefined, WeightOf> {
    for (const source of given.values()) yield* read(source);
    rarity ??= yield* createRarity([...texts.values()], counts);
    return rarity;
  }

  const judge: SupportJudge = {
    reading: readAll,
    judge: (sentence, number, others) => atOnce(judge.judging(sentence, number, others)),
    *judging(sentence, number, others = []) {
      const about = number === null ? undefined : given.get(number);
      const source = about === undefined ? undefined : textOf(about.number);
      if (source === undefined || about === undefined)
        return { verdict: "unsupported", checks: [], ...NOTHING };
      const claim = claimOf(sentence);
      const besides = others.flatMap((other) => (other === number ? [] : (textOf(other) ?? [])));
      const weightOf = rarity ?? (yield* readAll());
      yield undefined;
      const passage = yield* bestPassage(claim, source, weightOf);
      const share = overlaps.get(about.number)?.(sentence) ?? 0;
      if (passage === undefined) return { ...nothingOf(claim, source), overlap: share };
      const shareOf: ShareOf = (wanted, has) => shareIn(wanted, has, weightOf);
      const checks: Check[] = [...checkQuotes(claim, source, besides)];
      yield undefined;
      checks.push(...checkFigures(claim, passage, source, besides, shareOf));
      yield undefined;
      checks.push(...checkNames(claim, passage, source, besides));
      yield undefined;
      const turns = [...checkCues(claim, passage, source, shareOf)];
      yield undefined;
      turns.push(...checkOrder(claim, passage, shareOf));
      checks.push(...agreeing(turns, claim, passage), ...checkSubject(claim, asked, source, besides));
      yield undefined;
      const words = checkWords(claim, passage, source, shareOf);
      // "1911" of when a book was written, for when its publisher was founded
      const isUntold =
        words.result === "pass" &&
        isFragment(claim) &&
        !tellsOf(relation(), passage) &&
        !isOtherLanguage(question, source.text);
      checks.push(isUntold ? { ...words, result: "weak" } : words);
      return {
        verdict: verdictOf(claim, checks, passage, source, shareOf),
        checks,
        overlap: share,
        citedText: source.text.slice(passage.start, passage.end),
        start: passage.start,
        end: passage.end,
      };
    },
  };
  return judge;
}

/** A comparison that is turned and whose two sides have changed places says the same. */
function agreeing(checks: readonly Check[], claim: Claim, passage: Passage): readonly Check[] {
  const isTurned = checks.some(({ check, result }) => check === "comparison" && result === "fail");
  return isTurned && isConverse(claim, passage)
    ? checks.filter(({ check }) => check !== "comparison" && check !== "order")
    : checks;
}

/** No word and no figure of the sentence stands in the source's text; of its title alone nothing can be told. */
function nothingOf({ figures, terms, keys }: Claim, { title }: SourceText): Support {
  const failed = [
    { check: "figures" as const, words: figures.map(({ text }) => text) },
    { check: "words" as const, words: terms.map(({ text }) => text) },
  ].filter(({ words }) => words.length > 0);
  const isTitled = figures.length === 0 && [...keys].every((key) => title.has(key));
  return {
    verdict: isTitled ? "unclear" : "unsupported",
    checks: failed.map(({ check, words }) => ({ check, result: isTitled ? "weak" : "fail", words })),
    ...NOTHING,
  };
}

function verdictOf(
  claim: Claim,
  checks: readonly Check[],
  passage: Passage,
  source: SourceText,
  shareOf: ShareOf,
): SupportVerdict {
  const failed = checks.filter(({ result }) => result === "fail").map(({ check }) => check);
  const words = checks.find(({ check }) => check === "words")?.result;
  if (
    words === "fail" &&
    isOtherLanguage(claim.text, source.text) &&
    !failed.includes("figures") &&
    !failed.includes("quotes")
  )
    return "unclear";
  if (failed.length > 0) return "unsupported";
  if (checks.some(({ check, result }) => (check === "order" || check === "subject") && result === "weak"))
    return "unclear";
  if (checks.some(({ result }) => result === "weak")) return "partly";
  return shareOf(claim.keys, passage.keys) >= MOST_WORDS ? "supported" : "partly";
}

/** How much of the wording stands in the passage: every word that tells something, in each clause. */
function checkWords(claim: Claim, passage: Passage, source: SourceText, shareOf: ShareOf): Check {
  const own = new Set([...claim.keys].filter((key) => !source.title.has(key)));
  const share = shareOf(own.size > 0 ? own : claim.keys, passage.keys);
  const missing = [
    ...new Set(
      claim.terms
        .filter(({ keys, text }) => !keys.some((key) => source.keys.has(key)) && !saysLittle(text))
        .map(({ text }) => text),
    ),
  ];
  missing.push(...missingSigns(claim, source));
  const hasFigures = claim.figures.length > 0 || claim.quotes.length > 0;
  if (
    share < SOME_WORDS &&
    !(hasFigures && (share > 0 || claim.keys.size === 0 || givesFigures(claim, passage)))
  )
    return { check: "words", result: "fail", words: missing };
  const isPart =
    missing.length > 0 ||
    claim.terms.some((term) => isElsewhere(term, passage)) ||
    shareOf(claim.keys, passage.keys) < MOST_WORDS ||
    claim.clauses.some((clause) => isScattered(clause, passage, shareOf));
  return { check: "words", result: isPart ? "weak" : "pass", words: missing };
}

/** A word that the source has, but not where it says the rest. */
function isElsewhere({ keys, text, crosses }: Term, passage: Passage): boolean {
  return (
    crosses !== true &&
    !/\p{sc=Han}/u.test(text) &&
    !keys.some((key) => passage.keys.has(key) || hasLike(passage.keys, key)) &&
    !saysLittle(text)
  );
}

/** The passage gives two figures of the sentence or more, or one with its unit, or a whole date, whose subject the title names. */
function givesFigures({ figures, keys }: Claim, { figures: given, title }: Passage): boolean {
  const found = figures.filter((figure) => given.some((other) => likeness(figure, other) === "same"));
  return (
    found.length > 1 ||
    (found.some(({ isMeasured, dates }) => isMeasured || dates.some(({ day }) => day !== undefined)) &&
      [...keys].some((key) => title.has(key)))
  );
}

const HAN = /[\p{sc=Han}]/gu;

/** Chinese signs of the sentence that the source nowhere has: `东湖` is not `青湖`. */
function missingSigns({ text, figures }: Claim, source: SourceText): readonly string[] {
  const bare = figures.reduce(
    (rest, { start, end }) => rest.slice(0, start) + " ".repeat(end - start) + rest.slice(end),
    text,
  );
  return [...new Set(bare.match(HAN) ?? [])].filter(
    (sign) => !source.text.includes(sign) && !LITTLE_SIGNS.includes(sign) && !source.titleText.includes(sign),
  );
}

/** What one clause says stands in several sentences, and in none of them whole. */
function isScattered({ keys }: Clause, { units, title, keys: all }: Passage, shareOf: ShareOf): boolean {
  const own = new Set([...keys].filter((key) => !title.has(key)));
  if (own.size < 2 || units.length < 2) return false;
  const most = Math.max(...units.map((unit) => shareOf(own, unit.keys)));
  return most < 0.85 && shareOf(own, all) - most > 0.15;
}

function shareIn(wanted: ReadonlySet<string>, given: ReadonlySet<string>, weightOf: WeightOf): number {
  let [total, shared] = [0, 0];
  for (const key of wanted) {
    const weight = weightOf(key);
    total += weight;
    if (given.has(key)) shared += weight;
  }
  return total === 0 ? 0 : shared / total;
}

/** A word weighs 1 to 2: the fewer sentences of the sources have it, the more. */
function* createRarity(
  texts: readonly SourceText[],
  counts: ReadonlyMap<string, number>,
): Generator<undefined, WeightOf> {
  const units = texts.reduce((sum, text) => sum + text.units.length, 0);
  const titles = new Set(texts.flatMap(({ title }) => [...title]));
  const weights = new Map<string, number>();
  for (const [key, count] of counts) {
    const rare = Math.min(2, 1 + 0.25 * Math.log((units + 1) / (count + 1)));
    weights.set(key, titles.has(key) ? rare / 2 : rare);
    if (weights.size % 256 === 0) yield undefined;
  }
  return (key) => weights.get(key) ?? (titles.has(key) ? 0.5 : 1.2);
}
