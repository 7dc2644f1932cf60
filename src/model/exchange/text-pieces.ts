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
