import { GENERIC_WORDS, STOP_WORDS, SYNONYMS } from "./common-words.ts";
import { stem } from "../../text/stem.ts";
import { exactForm, partsOf, splitWords } from "../../text/words.ts";

/** A word of a question that an answer should speak of. */
export interface Term {
  /** As it was written. */
  readonly text: string;
  /**
   * `name`: a proper name, a number, or a word with digits; `content`: any other word that says what is asked about;
   * `generic`: one that relates or classifies, which an answer may do without.
   */
  readonly kind: "name" | "content" | "generic";
  /** What is looked up in the `mentions` of a text. */
  readonly key: string;
}

const MEANINGS: ReadonlyMap<string, string> = new Map(
  SYNONYMS.flatMap((group) => group.map((word) => [stem(word), stem(group[0] ?? word)])),
);
const GENERIC_KEYS: ReadonlySet<string> = new Set(Array.from(GENERIC_WORDS, meaningOf));
const LONGEST_JOINED = 3;
/** A question that is a whole page is about its first words; what is longer than a word is none. */
const MAX_TERMS = 40;
const MAX_WORD_CHARACTERS = 60;

/** The words that a question is about, in its order, each once. */
export function readTerms(question: string): readonly Term[] {
  const words = joinVersions(splitWords(question)).filter(({ length }) => length <= MAX_WORD_CHARACTERS);
  const shouted = !/\p{Ll}/u.test(question);
  const terms = new Map<string, Term>();
  words.forEach((word, at) => {
    for (const term of termsOf(word, at === 0 || shouted))
      if (!terms.has(term.key)) terms.set(term.key, term);
  });
  return [...terms.values()].slice(0, MAX_TERMS);
}

/** Everything that a text mentions: stems of words, and exact forms of words, compounds and neighbours. */
export function mentions(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const words = splitWords(text);
  words.forEach((word, at) => {
    for (const part of partsOf(word)) {
      found.add(meaningOf(part));
      found.add(exactKey(part));
    }
    for (let length = 1; length <= LONGEST_JOINED; length += 1) {
      found.add(exactKey(words.slice(at, at + length).join("")));
    }
  });
  return found;
}

function termsOf(word: string, startsSentence: boolean): Term[] {
  // capitals make a name of a common word: WHO, US, MIT
  const acronym = !startsSentence && /^\p{Lu}{2,}$/u.test(word);
  if (isStop(word) && !acronym) return [];
  const parts = partsOf(word);
  const inner = /\p{Lu}/u.test(word.slice(1)) && /\p{Ll}/u.test(word);
  const named = /\p{N}/u.test(word) || inner || (!startsSentence && /\p{Lu}/u.test(word));
  if (!named && parts.length > 1) return parts.flatMap((part) => termsOf(part, true));
  const key = meaningOf(word);
  if (GENERIC_KEYS.has(key)) return [{ text: word, kind: "generic", key }];
  if (!named) return [{ text: word, kind: "content", key }];
  const plain = /^\p{L}+$/u.test(word);
  return [{ text: word, kind: "name", key: plain ? key : exactKey(word) }];
}

/** The stem of a word, or of the word that stands for all of its meaning. */
function meaningOf(word: string): string {
  const base = stem(word);
  return MEANINGS.get(base) ?? base;
}

function isStop(word: string): boolean {
  return STOP_WORDS.has(word.toLowerCase()) || /^\p{Ll}$/u.test(word);
}

/** A name and the number behind it are one term: `GPT 9`, `QwQ 72B`, `qwq 72b`. */
function joinVersions(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    const version = /^\d+(?:\.\d+)?$/.test(word) && word.length <= 3;
    const size = /^\d+(?:\.\d+)?[a-z]$/i.test(word);
    const name = before !== undefined && /^[\p{L}][\p{L}-]*$/u.test(before) && !isStop(before);
    if (
      before !== undefined &&
      name &&
      (size || (version && /\p{Lu}/u.test(before) && !MONTH.test(before)))
    ) {
      joined.splice(-1, 1, `${before}-${word}`);
    } else {
      joined.push(word);
    }
  }
  return joined;
}

const MONTH = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;

function exactKey(word: string): string {
  return `=${exactForm(word)}`;
}
