/**
 * An answer as exact match compares it: lower case, without ASCII punctuation, English articles and repeated blanks.
 *
 * Source: Search-R1, `verl/utils/reward_score/qa_em.py`, whose `\b` and `split()` are those of Python.
 */
export function normalised(answer: string): string {
  return answer
    .toLowerCase()
    .replaceAll(/[!-/:-@[-`{-~]/g, "")
    .replaceAll(/(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu, " ")
    .split(PYTHON_BLANKS)
    .filter((word) => word !== "")
    .join(" ");
}

/** What Python's `split()` splits on. */
// oxlint-disable-next-line no-control-regex -- these are blanks to Python
const PYTHON_BLANKS = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** 1 where the answer is one of the golden ones. */
export function exactMatch(answer: string, golden: readonly string[]): 0 | 1 {
  const said = normalised(answer);
  return golden.some((one) => normalised(one) === said) ? 1 : 0;
}

/** 1 where one of the golden answers stands in it. */
export function substringMatch(answer: string, golden: readonly string[]): 0 | 1 {
  const said = normalised(answer);
  return golden.some((one) => said.includes(normalised(one))) ? 1 : 0;
}

/** The best F1 of words over the golden answers, as SQuAD counts it. */
export function wordF1(answer: string, golden: readonly string[]): number {
  const said = wordsOf(answer);
  return Math.max(0, ...golden.map((one) => f1(said, wordsOf(one))));
}

function f1(said: readonly string[], wanted: readonly string[]): number {
  const left = [...wanted];
  const common = said.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
  return common === 0 ? 0 : (2 * common) / (said.length + wanted.length);
}

function wordsOf(text: string): readonly string[] {
  return normalised(text)
    .split(" ")
    .filter((word) => word !== "");
}

/** What a run is scored by. */
export interface ScoredRun {
  readonly rawAnswer: string;
  readonly stopReason: string | null;
  readonly searches: number;
  readonly repairs?: number | undefined;
}

/**
 * The scores of a run. `em`, `subem` and `f1` of its answer without marks of citation, where golden answers are known;
 * `format`: it ended by an answer of its own, and no call had to be repaired; `searches`: how many were run.
 */
export function scoresOf(run: ScoredRun, golden: readonly string[] | undefined): Record<string, number> {
  const format = run.stopReason === "answered" && (run.repairs ?? 0) === 0 ? 1 : 0;
  const fixed = { format, searches: run.searches };
  if (golden === undefined || golden.length === 0) return fixed;
  const answer = run.rawAnswer.replaceAll(/\s*\[\d+(?:,\s*\d+)*\]/g, "").trim();
  return {
    em: exactMatch(answer, golden),
    subem: substringMatch(answer, golden),
    f1: wordF1(answer, golden),
    ...fixed,
  };
}
