import { foldWord, withoutParticle, wordForms } from "../../text/word-forms.ts";
import { exactForm, partsOf, splitWords } from "../../text/words.ts";
import { meaningsInside, meaningsOf } from "./concepts.ts";

/** What a text mentions, to be looked up by the keys of a term. */
export interface Mentions {
  readonly keys: ReadonlySet<string>;
  /** The text without white space, accents and capitals: scripts without spaces are looked up in it. */
  readonly flat: string;
}

const LONGEST_JOINED = 3;
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/** Forms and meanings of its words, and exact forms of words, compounds and neighbours. */
export function mentions(text: string): Mentions {
  const keys = new Set<string>(meaningsInside(text));
  const words = splitWords(withoutPhrases(text)).map(withoutHangulEnding);
  words.forEach((word, at) => {
    for (const part of [word, ...partsOf(word)]) {
      for (const key of [...wordForms(part), ...meaningsOf(part)]) keys.add(key);
      keys.add(exactKey(part));
    }
    for (let length = 1; length <= LONGEST_JOINED; length += 1)
      keys.add(exactKey(words.slice(at, at + length).join("")));
  });
  for (const [day] of text.matchAll(DAY))
    for (const key of wordForms(DAYS.find((name) => name.startsWith(day.slice(0, 3).toLowerCase())) ?? day))
      keys.add(key);
  return { keys, flat: flatten(text) };
}

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const DAY = /(?<!\p{L})(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)(?!\p{L})/gu;
/** A day that stands in a span, such as `Tue–Fri`, or is meant by `weekdays`. */
const DAYLIKE =
  /(?:mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs)?[-–—]|weekday|weekend|daily|everyday|werktag|wochenende|täglich|(?:mo|di|mi|do|fr|sa)[-–—](?:di|mi|do|fr|sa|so)/iu;
const DAY_NAME =
  /^(?:mon|tues|wednes|thurs|fri|satur|sun)days?$|^(?:mon|diens|donners|frei|sams|sonn)tags?$|^mittwochs?$/iu;

/** Words that together say no more than `from`. */
export function withoutPhrases(text: string): string {
  return text.replaceAll(FROM, " ");
}

const FROM = /(?<!\p{L})[àa] partir d(?:e|el|u|es)?(?!\p{L})/giu;

const SHORT_FORM =
  /((?:[\p{Lu}\d][\p{L}\p{N}'’.-]*,?\s+(?:(?:of|the|and|for|in|de|des|der|und)\s+)?){1,7})(?:\(|(?:abbreviated|or|in short|short|kurz|abgekürzt|abrégé|siglas?)\s(?:as\s)?)(\p{Lu}[\p{L}\p{N}-]{1,9})(?=[)\s,;.])/gu;

/** What a text abbreviates, by its long form: `Humanity's Last Exam (HLE)`. */
export function aliasesIn(text: string): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const [, long = "", short = ""] of text.matchAll(SHORT_FORM)) {
    const named = long.trim().replace(/,$/u, "").split(/\s+/u);
    const capitals = Array.from(short.replaceAll(/[^\p{Lu}]/gu, ""));
    const initials = named.filter((word) => /^\p{Lu}/u.test(word)).slice(-capitals.length);
    if (capitals.length > 1 && capitals.every((letter, at) => initials[at]?.startsWith(letter) === true))
      aliases.set(named.slice(named.indexOf(initials[0] ?? "")).join(" "), short);
  }
  return aliases;
}

/** A text mentions the short form of what it names in full. */
export function withAliases(text: string, aliases: ReadonlyMap<string, string>): Mentions {
  const said = mentions(text);
  const short = [...aliases].flatMap(([long, name]) => (text.includes(long) ? [name] : []));
  if (short.length === 0) return said;
  const extra = short.flatMap((name) => [exactKey(name), ...wordForms(name)]);
  return { ...said, keys: new Set([...said.keys, ...extra]) };
}

/** `QwQ-32B의` as `QwQ-32B`. */
export function withoutHangulEnding(word: string): string {
  return word.replace(/(?<=[\p{sc=Latin}\p{N}])\p{sc=Hangul}{1,4}$/u, (ending) =>
    COUNTED.test(ending) ? ending : "",
  );
}

const COUNTED = /^(?:년|월|일|시|분|명|개|층|톤|원|번|회|만|천|억)/u;

export function exactKey(word: string): string {
  return `=${exactForm(foldWord(word))}`;
}

export function flatten(text: string): string {
  return foldWord(text.normalize("NFKC")).replaceAll(/[\s·・]+/gu, "");
}

/** How well a text mentions a word, 0 to 1. `exact`: only as it is written, for names with digits. */
export function mentionedIn({ keys, flat }: Mentions, word: string, wanted: readonly string[]): number {
  if (wanted.some((key) => keys.has(key))) return 1;
  if (!UNSPACED.test(word)) return 0;
  const bare = flatten(withoutParticle(word));
  if (bare.length === 0) return 0;
  if (flat.includes(bare)) return 1;
  const letters = Array.from(bare);
  if (letters.length < 3) return 0;
  const pairs = letters.slice(1).map((letter, at) => `${letters[at] ?? ""}${letter}`);
  const share = pairs.filter((pair) => flat.includes(pair)).length / pairs.length;
  return share >= 0.5 ? 0.7 * share : 0;
}

/**
 * False only where no word of the text could be a form of this one: neither holds the beginning of the other. What a
 * refusal names has to pass this against all that was found.
 */
export function mayMention(words: readonly string[], flat: string, word: string): boolean {
  const own = flatten(word);
  if (own === "" || flat.includes(own) || (DAY_NAME.test(word) && DAYLIKE.test(flat))) return true;
  if (/\p{N}/u.test(own)) return exactForm(flat).includes(exactForm(own));
  if (UNSPACED.test(word))
    return Array.from(flatten(withoutParticle(word))).some((letter) => flat.includes(letter));
  const meanings = new Set(meaningsOf(word));
  if (meanings.size > 0 && words.some((other) => meaningsOf(other).some((key) => meanings.has(key))))
    return true;
  const begin = own.slice(0, Math.max(2, Math.ceil(own.length * 0.6)));
  const forms = new Set(wordForms(word));
  return words.some((other) => {
    const folded = flatten(other);
    return (
      folded.includes(begin) ||
      (folded.length >= 4 && own.includes(folded)) ||
      wordForms(other).some((form) => forms.has(form))
    );
  });
}
