import type { Case } from "./case.ts";
import { groupBy } from "./groups.ts";
import type { Judgement } from "./judge.ts";
import {
  bootstrap,
  calibrationBins,
  calibrationError,
  meanOf,
  type CalibrationBin,
  type Estimate,
} from "./statistics.ts";

/** What a judge says of all runs with golden answers. */
export interface JudgeSummary {
  readonly correct: Estimate;
  readonly counts: {
    readonly correct: number;
    readonly incorrect: number;
    readonly notAttempted: number;
    /** Answers whose grade could not be had: wrong. */
    readonly unreadable: number;
  };
  /** Correct ones of those that were attempted. */
  readonly correctGivenAttempted: number;
  /** The harmonic mean of that and of the share of correct ones, as SimpleQA has it. */
  readonly f1: number;
  /** Over answers whose confidence is known; undefined where there is none. */
  readonly calibration: { readonly error: number; readonly bins: readonly CalibrationBin[] } | undefined;
}

/** A run without an answer is not attempted; one whose grade could not be had is wrong. */
export function summariseJudgements(
  cases: readonly Case[],
  judgements: ReadonlyMap<string, Judgement>,
  seed: number,
): JudgeSummary {
  const scored = cases.filter(({ golden }) => golden !== undefined);
  const verdictOf = ({ id, answered }: Case): Judgement["verdict"] | "unreadable" =>
    answered ? (judgements.get(id)?.verdict ?? "unreadable") : "not-attempted";
  const count = (verdict: ReturnType<typeof verdictOf>): number =>
    scored.filter((one) => verdictOf(one) === verdict).length;
  const groups = [...groupBy(scored, ({ group }) => group).values()];
  const rows = groups.map((samples) => [meanOf(samples.map((one) => Number(verdictOf(one) === "correct")))]);
  const [correct = { mean: 0, low: 0, high: 0 }] = bootstrap(rows, { seed });
  const counts = {
    correct: count("correct"),
    incorrect: count("incorrect"),
    notAttempted: count("not-attempted"),
    unreadable: count("unreadable"),
  };
  const attempted = scored.length - counts.notAttempted;
  const given = attempted === 0 ? 0 : counts.correct / attempted;
  const share = scored.length === 0 ? 0 : counts.correct / scored.length;
  const told = scored.flatMap(({ id, answered }) => {
    const { confidence, verdict } = judgements.get(id) ?? {};
    return answered && confidence !== undefined ? [{ confidence, correct: verdict === "correct" }] : [];
  });
  const bins = calibrationBins(told);
  return {
    correct,
    counts,
    correctGivenAttempted: given,
    f1: given + share === 0 ? 0 : (2 * given * share) / (given + share),
    calibration: bins.length === 0 ? undefined : { error: calibrationError(bins), bins },
  };
}
