/** How much of the end of a text is looked at, and how often, in UTF-16 units. */
const WINDOW = 4000;
const EVERY = 500;

/** A text repeats itself without end when so much of its end is one piece, so many times over. */
const MIN_LENGTH = 1200;
const MIN_TIMES = 8;

/**
 * Watches a text as it is written for a piece that comes again and again, as reasoning models do when they are caught
 * in a loop. Time is linear in the text, memory constant.
 */
export function createRepetitionWatch(): { add(text: string): boolean } {
  let tail = "";
  let unseen = 0;
  return {
    /** True once the text has fallen into a loop. */
    add(text) {
      tail = (tail + text).slice(-WINDOW);
      unseen += text.length;
      if (unseen < EVERY) return false;
      unseen = 0;
      return endsInLoop(tail);
    },
  };
}

/** Whether a text ends in at least `MIN_TIMES` copies of a piece, `MIN_LENGTH` long together. */
function endsInLoop(text: string): boolean {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(text.length - 1 - at));
  // matches[p]: how much of the reversed text's beginning stands again at p (the Z function); so a period of p
  // holds for p + matches[p] units from the end
  const matches = new Uint32Array(units.length);
  let left = 0;
  let right = 0;
  for (let at = 1; at < units.length; at += 1) {
    let length = at < right ? Math.min(right - at, matches[at - left] ?? 0) : 0;
    while (at + length < units.length && units[length] === units[at + length]) length += 1;
    matches[at] = length;
    if (at + length > right) {
      left = at;
      right = at + length;
    }
    if (at + length >= Math.max(MIN_LENGTH, at * MIN_TIMES)) return true;
  }
  return false;
}
