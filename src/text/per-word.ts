const MAX_WORDS = 20_000;
/** Longer ones are seldom words, and are not kept. */
const LONGEST = 64;
/** So short a piece of a text is a copy of it; a longer one would keep the whole text in memory. */
const SHORT = 12;

/** Keeps what was worked out of a word, for those that were met last: texts repeat their words. */
export function perWord<Value extends string | number | boolean | object | null>(
  make: (word: string) => Value,
): (word: string) => Value {
  const known = new Map<string, Value>();
  return (word) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    if (word.length > LONGEST) return make(word);
    const kept = word.length > SHORT ? Array.from(word).join("") : word;
    const made = make(kept);
    if (known.size >= MAX_WORDS) known.clear();
    known.set(kept, made);
    return made;
  };
}
