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

/** The length of the longest end of a text that a stop string begins with, a whole stop string left out. */
export function stopPrefixLength(text: string, stop: readonly string[]): number {
  const longest = Math.max(0, ...stop.map(({ length }) => length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length -= 1) {
    const end = text.slice(-length);
    if (stop.some((one) => one.length > length && one.startsWith(end))) return length;
  }
  return 0;
}

/** Whether a text ends in a stop string, or in the beginning of one. */
export function endsInStop(text: string, stop: readonly string[]): boolean {
  return stopPrefixLength(text, stop) > 0 || stop.some((one) => one !== "" && text.endsWith(one));
}

/** `text` in pieces of `size` characters, the last may be shorter; none for an empty text. No character is halved. */
export function pieces(text: string, size: number): string[] {
  const characters = Array.from(text);
  const found: string[] = [];
  for (let at = 0; at < characters.length; at += size) found.push(characters.slice(at, at + size).join(""));
  return found;
}

/** The chunks up to `end` UTF-16 units of their joined text; the one that reaches over it is cut, the rest are dropped. */
export function chunksUpTo(chunks: readonly string[], end: number): string[] {
  const found: string[] = [];
  let left = end;
  for (const chunk of chunks) {
    if (left <= 0) break;
    found.push(chunk.slice(0, left));
    left -= chunk.length;
  }
  return found;
}
