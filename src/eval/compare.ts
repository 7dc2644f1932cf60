import type { Case } from "./case.ts";
import { groupBy } from "./groups.ts";
import { groupsOf } from "./summary.ts";
import { bootstrap, mcnemar, meanOf, permutationTest, type Estimate } from "./statistics.ts";

/** How two runs of the same questions differ in one score. */
export interface Comparison {
  readonly score: string;
  /** Questions that both have. */
  readonly pairs: number;
  /** Questions with golden answers that only one of them has: compared with nothing. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Questions that the first has better, and worse. */
  readonly wins: number;
  readonly losses: number;
  /** Of the first less the second, with its bootstrap interval. */
  readonly difference: Estimate;
  /** The two-sided p value, and what test it is of. */
  readonly p: number;
  readonly test: "mcnemar" | "permutation";
}

/**
 * Compares two runs question by question, by the words of the questions. McNemar's exact test where each
 * question is right or wrong, a paired permutation test else.
 */
export function compare(
  first: readonly Case[],
  second: readonly Case[],
  { score, seed = 0 }: { readonly score: string; readonly seed?: number },
): Comparison {
  const [ours, theirs] = [meansOf(first, score), meansOf(second, score)];
  const pairs = [...ours].flatMap(([key, value]) => {
    const other = theirs.get(key);
    return other === undefined ? [] : [[value, other] as const];
  });
  const differences = pairs.map(([left, right]) => left - right);
  const wins = differences.filter((difference) => difference > 0).length;
  const losses = differences.filter((difference) => difference < 0).length;
  const isBinary = pairs.flat().every((value) => value === 0 || value === 1);
  const [difference = { mean: 0, low: 0, high: 0 }] = bootstrap(
    differences.map((each) => [each]),
    { seed },
  );
  return {
    score,
    pairs: pairs.length,
    onlyFirst: ours.size - pairs.length,
    onlySecond: theirs.size - pairs.length,
    wins,
    losses,
    difference,
    p: isBinary ? mcnemar(wins, losses) : permutationTest(differences, { seed }),
    test: isBinary ? "mcnemar" : "permutation",
  };
}

/** The mean of each question's samples, under its words; a data set may ask the same twice. */
function meansOf(cases: readonly Case[], score: string): ReadonlyMap<string, number> {
  const scored = cases.filter(({ golden }) => golden !== undefined);
  const byWords = groupBy(scored, ({ question }) => question);
  return new Map(
    [...byWords].flatMap(([words, some]) =>
      groupsOf(some).map(
        (samples, at) =>
          [`${words}\n${at}`, meanOf(samples.map(({ scores }) => scores[score] ?? 0))] as const,
      ),
    ),
  );
}
