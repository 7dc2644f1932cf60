/** The first stop string in a text: where it begins, and which one; of those that begin there, the longest. */
export function findStop(
  text: string,
  stop: readonly string[],
): { readonly index: number; readonly stop: string } | undefined {
  let found: { index: number; stop: string } | undefined;
  for (const candidate of stop) {
    const index = candidate === "" ? -1 : text.indexOf(candidate);
    if (index === -1) continue;
    const better =
      found === undefined ||
      index < found.index ||
      (index === found.index && candidate.length > found.stop.length);
    if (better) found = { index, stop: candidate };
  }
  return found;
}
