import { stemmer as german } from "@orama/stemmers/german";
import { stemmer as spanish } from "@orama/stemmers/spanish";
import { stemmer as french } from "@orama/stemmers/french";
import { stemmer as italian } from "@orama/stemmers/italian";
import { stemmer as portuguese } from "@orama/stemmers/portuguese";
import { FUNCTION_WORDS } from "../../../text/function-words.ts";

/** Languages whose words are also indexed as Snowball stems. The index's tokenizer has the stems of English. */
const STEMMERS = { de: german, es: spanish, fr: french, it: italian, pt: portuguese } as const;

export type StemLanguage = keyof typeof STEMMERS;
const LANGUAGES = ["de", "es", "fr", "it", "pt"] as const satisfies readonly StemLanguage[];

const WORD = /(?:\p{Script=Latin}\p{M}*)+/gu;
const MIN_LETTERS = 3;
/** Enough of a text to know its language by. */
const SAMPLE = 20_000;

/** The languages that each function word belongs to. */
const LANGUAGES_OF = new Map<string, (StemLanguage | "en")[]>();
for (const language of ["en", ...LANGUAGES] as const)
  for (const word of FUNCTION_WORDS[language])
    LANGUAGES_OF.set(word, [...(LANGUAGES_OF.get(word) ?? []), language]);

/** The language that has most of its function words in a text; English where no other has more. */
export function latinLanguageOf(text: string): StemLanguage | "en" {
  const counts = { en: 0, de: 0, es: 0, fr: 0, it: 0, pt: 0 };
  for (const word of text.slice(0, SAMPLE).toLowerCase().match(WORD) ?? [])
    for (const language of LANGUAGES_OF.get(word) ?? []) counts[language]++;
  return LANGUAGES.reduce<StemLanguage | "en">(
    (best, language) => (counts[language] > counts[best] ? language : best),
    "en",
  );
}

/** The stems of a text's words for the index, with spaces between. Each says its language, so that those of two differ. */
export function indexedStems(text: string, language: StemLanguage): string {
  const found = text.match(WORD) ?? [];
  return found.flatMap((word) => stemOf(word, language) ?? []).join(" ");
}

/** The stems of a word in each of the languages, as they are indexed; none of what is no word of Latin letters. */
export function stemsOf(word: string): string[] {
  if (word.match(WORD)?.[0] !== word) return [];
  return LANGUAGES.flatMap((language) => stemOf(word, language) ?? []);
}

function stemOf(word: string, language: StemLanguage): string | undefined {
  const lower = word.normalize("NFC").toLowerCase();
  if (lower.length < MIN_LETTERS || FUNCTION_WORDS[language].has(lower)) return undefined;
  return `${language}0${STEMMERS[language](lower)}`;
}
