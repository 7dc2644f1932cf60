import { CITATION_MARK, citedNumbers, RAISED_MARK } from "../text/citation-marks.ts";
import { coverMatch, exactMatch, substringMatch, unicodeNormalised, wordF1 } from "./match.ts";

/** What a run is scored by. */
export interface ScoredRun {
  /** The answer as the model wrote it. */
  readonly rawAnswer: string;
  /** False where there is no answer: nothing was written, or what was written says that nothing was found. */
  readonly answered: boolean;
  readonly stopReason: string | null;
  readonly searches: number;
  readonly repairs?: number | undefined;
}

/** The scores that compare an answer with the golden ones, in the order in which they are shown. */
export const MATCHES = ["em", "f1", "cover_em", "subem", "em_unicode", "f1_unicode"] as const;
export type MatchName = (typeof MATCHES)[number];

/** How well an answer matches the golden ones. `undefined`, for no answer, is wrong even where a golden one is empty. */
function matchesOf(answer: string | undefined, golden: readonly string[]): Record<MatchName, number> {
  if (answer === undefined) return NO_MATCH;
  return {
    em: exactMatch(answer, golden),
    f1: wordF1(answer, golden),
    cover_em: coverMatch(answer, golden),
    subem: substringMatch(answer, golden),
    em_unicode: exactMatch(answer, golden, unicodeNormalised),
    f1_unicode: wordF1(answer, golden, unicodeNormalised),
  };
}

const NO_MATCH = { em: 0, f1: 0, cover_em: 0, subem: 0, em_unicode: 0, f1_unicode: 0 };

/** The golden answers that a data set tells of a question; `undefined` where it tells none, or that nothing answers it. */
export function goldenOf(
  data: {
    readonly goldenAnswers?: readonly string[] | undefined;
    readonly answerable?: boolean | undefined;
  } = {},
): readonly string[] | undefined {
  const { goldenAnswers: golden = [], answerable } = data;
  return golden.length === 0 || answerable === false ? undefined : golden;
}

const ADDRESS = String.raw`(?:\(<?(?:https?:\/\/|www\.|#)[^()\s]*(?:\([^()\s]*\)[^()\s]*)?\))?`;
const MARK = new RegExp(String.raw`\s*${CITATION_MARK}${ADDRESS}`, "giu");
/** Raised behind a digit or a unit, a number is a power. */
const RAISED = new RegExp(String.raw`(?<!\d|(?<!\p{L})\p{L}{1,2})\s*${RAISED_MARK}`, "giu");

/** An answer without its marks of citation, in all shapes in which they count as such; one that is nothing else stays. */
export function withoutMarks(answer: string): string {
  const bare = answer.replaceAll(MARK, unlessNone).replaceAll(RAISED, unlessNone).trim();
  return bare === "" ? answer.trim() : bare;
}

function unlessNone(mark: string, items: string): string {
  return citedNumbers(items) === undefined ? mark : "";
}

/**
 * The scores of a run. Where golden answers are known, how its answer without marks of citation matches them (see
 * `MATCHES`); `format`: it ended by an answer of its own, and no call had to be repaired; `searches`: how many were run.
 */
export function scoresOf(run: ScoredRun, golden: readonly string[] | undefined): Record<string, number> {
  const format = run.stopReason === "answered" && (run.repairs ?? 0) === 0 ? 1 : 0;
  const fixed = { format, searches: run.searches };
  if (golden === undefined || golden.length === 0) return fixed;
  const answer = run.answered && run.rawAnswer !== "" ? withoutMarks(run.rawAnswer) : undefined;
  return { ...matchesOf(answer, golden), ...fixed };
}
