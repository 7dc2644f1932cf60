/** A mean with its interval of 95 %. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** How often samples are drawn anew, where nothing else is said. */
const RESAMPLES = 10_000;

/** Numbers from 0 up to 1, the same ones for a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which a share of the values lies, between neighbours as NumPy's default has it; 0 of none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return 0;
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * The mean of each column with the 95 % percentile interval of a bootstrap over the rows. A row is a question, so that the
 * samples of one, whose mean it is, are drawn together.
 */
export function bootstrap(
  rows: readonly (readonly number[])[],
  { seed = 0, resamples = RESAMPLES }: { readonly seed?: number; readonly resamples?: number } = {},
): readonly Estimate[] {
  const random = seeded(seed);
  const columns = (rows[0] ?? []).map((_, at) => ({
    values: Float64Array.from(rows, (row) => row[at] ?? 0),
    means: new Float64Array(resamples),
  }));
  const picks = new Uint32Array(rows.length);
  for (let round = 0; round < resamples; round += 1) {
    for (let at = 0; at < picks.length; at += 1) picks[at] = Math.floor(random() * rows.length);
    for (const { values, means } of columns) {
      let sum = 0;
      for (const pick of picks) sum += values[pick] ?? 0;
      means[round] = sum / rows.length;
    }
  }
  return columns.map(({ values, means }) => ({
    mean: meanOf([...values]),
    low: quantile(means, 0.025),
    high: quantile(means, 0.975),
  }));
}

/**
 * The two-sided p value of McNemar's exact test for yes and no on the same questions: the chance of a split at least as
 * uneven, were both as good.
 *
 * @param wins how many questions the first alone has right; @param losses the second alone
 */
export function mcnemar(wins: number, losses: number): number {
  const count = wins + losses;
  const few = Math.min(wins, losses);
  let logChoose = 0;
  let tail = 0;
  for (let at = 0; at <= few; at += 1) {
    if (at > 0) logChoose += Math.log((count - at + 1) / at);
    tail += Math.exp(logChoose - count * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}

/**
 * The two-sided p value of a paired permutation test: how often differences whose signs are drawn by chance are as large in
 * sum. The observed one counts as drawn, so that it is never 0.
 */
export function permutationTest(
  differences: readonly number[],
  { seed = 0, resamples = RESAMPLES }: { readonly seed?: number; readonly resamples?: number } = {},
): number {
  const told = differences.filter((difference) => difference !== 0);
  const observed = Math.abs(told.reduce((sum, value) => sum + value, 0));
  const random = seeded(seed);
  let asLarge = 1;
  for (let round = 0; round < resamples; round += 1) {
    let sum = 0;
    for (const difference of told) sum += random() < 0.5 ? difference : -difference;
    // sums of the same values in another order may differ in their last bits
    if (Math.abs(sum) >= observed - 1e-9) asLarge += 1;
  }
  return asLarge / (resamples + 1);
}

/** Cases of one confidence, as a reliability diagram shows them. */
export interface CalibrationBin {
  readonly count: number;
  /** Means, 0 to 1. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** Told confidences in bins of so many cases, sorted by confidence; the last bin has the rest. */
export function calibrationBins(
  cases: readonly { readonly confidence: number; readonly correct: boolean }[],
  size = 100,
): readonly CalibrationBin[] {
  const sorted = [...cases].sort((left, right) => left.confidence - right.confidence);
  const count = Math.max(1, Math.floor(sorted.length / size));
  return Array.from({ length: count }, (_, at) =>
    sorted.slice(at * size, at === count - 1 ? sorted.length : (at + 1) * size),
  )
    .filter((bin) => bin.length > 0)
    .map((bin) => ({
      count: bin.length,
      confidence: meanOf(bin.map(({ confidence }) => confidence)),
      accuracy: meanOf(bin.map(({ correct }) => Number(correct))),
    }));
}

/**
 * The root mean square of what confidence and accuracy of the bins differ by, 0 to 1. HLE's script leaves its last bin out,
 * and with it everything where there are fewer than two; here all count.
 */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  const squares = bins.map((bin) => bin.count * (bin.confidence - bin.accuracy) ** 2);
  return count === 0 ? 0 : Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / count);
}
