import { describe, expect, test } from "vitest";
import {
  bootstrap,
  calibrationBins,
  calibrationError,
  mcnemar,
  permutationTest,
  quantile,
} from "../../src/eval/statistics.ts";

test("quantiles lie between neighbours, as NumPy's", () => {
  expect([0, 0.5, 0.95, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([
    1, 2.5, 3.8499999999999996, 4,
  ]);
  expect(quantile([], 0.5)).toBe(0);
});

describe("bootstrap", () => {
  const rows = Array.from({ length: 100 }, (_, at) => [at < 60 ? 1 : 0, 5]);

  test("gives the mean with an interval near that of the binomial, the same one for a seed", () => {
    const [share, constant] = bootstrap(rows, { seed: 1 });
    expect(share).toEqual(bootstrap(rows, { seed: 1 })[0]);
    expect(share?.mean).toBe(0.6);
    // Wald: 0.6 ± 1.96 √(0.24 / 100)
    expect(share?.low).toBeCloseTo(0.504, 1);
    expect(share?.high).toBeCloseTo(0.696, 1);
    expect(constant).toEqual({ mean: 5, low: 5, high: 5 });
  });

  test("of nothing is nothing", () => {
    expect(bootstrap([])).toEqual([]);
  });
});

// twice the tail of a binomial of a half
test.each([
  [0, 0, 1],
  [5, 5, 1],
  [10, 2, 0.03857421875],
  [15, 7, 0.1338005065917969],
  [0, 6, 0.03125],
  [600, 500, 0.0028195449914364275],
])("McNemar's exact test of %i wins and %i losses", (wins, losses, p) => {
  expect(mcnemar(wins, losses)).toBeCloseTo(p, 6);
});

test("a permutation test agrees with the count of all signs", () => {
  // of 2^5 signs, 2 are as far from 0
  expect(permutationTest([1, 1, 1, 1, 1], { seed: 3 })).toBeCloseTo(2 / 32, 2);
  expect(permutationTest([0, 0])).toBe(1);
  expect(permutationTest([0.1, 0.2, -0.3])).toBe(1);
});

function some(count: number, confidence: number, right: number) {
  return Array.from({ length: count }, (_, at) => ({ confidence, correct: at < right }));
}

test("calibration counts every bin, the last and an only one too", () => {
  const few = calibrationBins(some(10, 0.875, 5));
  expect(few).toEqual([{ count: 10, confidence: 0.875, accuracy: 0.5 }]);
  expect(calibrationError(few)).toBe(0.375);
  const two = calibrationBins([...some(100, 1, 50), ...some(130, 0.5, 65)]);
  expect(two.map(({ count }) => count)).toEqual([100, 130]);
  expect(calibrationError([])).toBe(0);
});
