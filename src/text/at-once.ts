/** Work that stops often stops behind so many small steps. */
export const STEPS = 32;

/** Goes through work that may stop between its parts without stopping. */
export function atOnce<Result>(work: Generator<undefined, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
