/** How much of the end of a text is looked at, and how often, in UTF-16 units. */
const WINDOW = 4000;
const EVERY = 500;

/** A text repeats itself without end when so much of its end is one piece, so many times over. */
const MIN_LENGTH = 1200;
const MIN_TIMES = 8;

/** How words that come again are told from a text that goes on: by how many of its last words, and what share of them. */
interface Staleness {
  /** The last words that are looked at. */
  readonly words: number;
  /** The fewest that a text has to have. */
  readonly least: number;
  /** So often three words have to have stood there before, to be stale. */
  readonly times: number;
  readonly share: number;
}

/** Within a reply, which is ended then: a model may well write a draft and then the same as its answer. */
const GOING_ON: Staleness = { words: 150, least: 300, times: 4, share: 0.95 };

/** At the end of a reply, whose last words are no answer then. */
const AT_END: Staleness = { words: 60, least: 20, times: 2, share: 0.9 };

/** Words of which more are numbers are a count or a table. */
const MOST_NUMBERS = 0.2;

/** A word; of writing without spaces a sign. */
const WORD = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|[\p{L}\p{M}]+|\p{N}+/gu;

/**
 * Watches a text as it is written for a piece that comes again and again, as reasoning models do when they are caught
 * in a loop: to the letter, or with words that change places, or numbers that change. Time is linear in the text, memory
 * constant.
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
      return repeatsExactly(tail) || isStale(masked(wordsOf(tail), GOING_ON), GOING_ON);
    },
  };
}

/** Of the last words of a text that goes on, more are new, three at a time: also where its sentences are built alike. */
const FEW_DISTINCT = 0.3;

/**
 * Whether a text that is over has ended in a loop, however short: its last words say nothing new. A list whose lines differ
 * in a name or two is none.
 */
export function endsInLoop(text: string): boolean {
  const written = wordsOf(text.slice(-WINDOW));
  if (written.length < AT_END.least) return false;
  const words = masked(written, AT_END);
  return isStale(words, AT_END) || hasFewDistinct(words, AT_END) || endsInCopies(written, AT_END);
}

/** So many copies of so many words at the end are a loop, when they are the least of words that are looked at. */
const COPIES = 4;
const FEWEST_WORDS = 3;

/** Copies to the letter, whatever the text began with; the last one may be cut off, also within a word. */
function endsInCopies(all: readonly string[], { words: looked, least }: Staleness): boolean {
  return [all, all.slice(0, -1)].some((words) => {
    const last = words.slice(-looked).toReversed();
    return last.some((_, period) => {
      if (period < FEWEST_WORDS) return false;
      const differs = last.findIndex((word, at) => at >= period && word !== last[at - period]);
      return (differs < 0 ? last.length : differs) >= Math.max(COPIES * period, least);
    });
  });
}

function hasFewDistinct(all: readonly string[], { words: looked, least }: Staleness): boolean {
  const words = all.slice(-looked);
  const distinct = new Set(words.map((word, at) => threeAt(words, at, word)));
  return words.length >= least && distinct.size <= words.length * FEW_DISTINCT;
}

/** The words of a text in lower case. */
function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** Words in which numbers are all the same, but where the last ones are a count or a table. */
function masked(written: readonly string[], { words: looked }: Staleness): readonly string[] {
  const last = written.slice(-looked);
  const numbers = last.filter((word) => /^\p{N}/u.test(word)).length;
  const masks = numbers <= last.length * MOST_NUMBERS;
  return masks ? written.map((word) => word.replace(/^\p{N}+$/u, "0")) : written;
}

function threeAt(words: readonly string[], at: number, word: string): string {
  return `${words[at - 2] ?? ""} ${words[at - 1] ?? ""} ${word}`;
}

/** Whether the last words have nearly all stood there before, three at a time and more than once. */
function isStale(words: readonly string[], { words: looked, least, times, share }: Staleness): boolean {
  if (words.length < least) return false;
  const seen = new Map<string, number>();
  const stale = words.map((word, at) => {
    const three = threeAt(words, at, word);
    const before = seen.get(three) ?? 0;
    seen.set(three, before + 1);
    return before >= times;
  });
  return stale.slice(-looked).filter(Boolean).length >= Math.min(looked, words.length) * share;
}

/** Whether a text ends in at least `MIN_TIMES` copies of a piece, `MIN_LENGTH` long together. */
function repeatsExactly(text: string): boolean {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < units.length; at += 1) units[at] = text.charCodeAt(text.length - 1 - at);
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
