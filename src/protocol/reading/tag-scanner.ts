/** Text, or one of the tags that were asked for. */
export type ScannedPiece = { readonly tag: string } | { readonly text: string };

export interface TagScanner {
  /** The pieces that are certain now; text that may yet become a tag is held back. */
  feed(chunk: string): readonly ScannedPiece[];
  /** What is held back: the beginning of a tag, shorter than the longest one. */
  readonly held: string;
}

/**
 * Cuts a stream into text and literal tags. Each character is looked at a bounded number of times, and no more is
 * held back than the longest tag: time is linear in the text, memory constant.
 *
 * @param tags Each begins with `<`. Where one is a prefix of another the longer one is not found; none of ours is.
 */
export function createTagScanner(tags: readonly string[]): TagScanner {
  let held = "";
  return {
    feed(chunk) {
      const pieces: ScannedPiece[] = [];
      const text = held + chunk;
      held = "";
      let from = 0;
      let at = text.indexOf("<");
      while (at !== -1) {
        const tag = tags.find((candidate) => text.startsWith(candidate, at));
        if (tag !== undefined) {
          if (at > from) pieces.push({ text: text.slice(from, at) });
          pieces.push({ tag });
          from = at + tag.length;
          at = text.indexOf("<", from);
        } else if (mayBecomeTag(text, at, tags)) {
          held = text.slice(at);
          break;
        } else {
          at = text.indexOf("<", at + 1);
        }
      }
      const end = text.length - held.length;
      if (end > from) pieces.push({ text: text.slice(from, end) });
      return pieces;
    },
    get held() {
      return held;
    },
  };
}

function mayBecomeTag(text: string, at: number, tags: readonly string[]): boolean {
  const rest = text.length - at;
  return tags.some((tag) => rest < tag.length && tag.startsWith(text.slice(at)));
}
