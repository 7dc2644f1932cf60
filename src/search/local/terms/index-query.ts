import { cleanLine } from "../../clean-text.ts";
import { foldLetters } from "./folded.ts";
import { isStopWord } from "./stop-words.ts";
import { separateLetters, spellSigns, UNSPACED } from "./indexed-form.ts";
import { latinLanguageOf } from "./stems.ts";

/** A question as phrases of SQLite's FTS5, each in its quotes. */
export interface IndexQuery {
  /** What a passage should hold. */
  readonly terms: readonly string[];
  /** The terms and their parts: any of them is better than nothing. */
  readonly anyOf: readonly string[];
}

const MAX_TERMS = 32;

/** What the tokenizer of the index makes words of. */
const LETTER = String.raw`[\p{L}\p{N}\p{Co}]`;
const SPACED = `(?:(?![${UNSPACED}])${LETTER}\\p{M}*)+`;
/** One with commas or such in it. */
const FIGURE = String.raw`(?<![\p{L}\p{N}.,])\d+(?:\.\d+)*(?:[,'’]\d+(?:\.\d+)*)+(?![\p{L}\p{N}])`;
const HAS_LETTER = new RegExp(LETTER, "u");
const TOKEN = new RegExp(
  `"(?<phrase>[^"]+)"|“(?<quoted>[^”]+)”|(?<unspaced>[${UNSPACED}][${UNSPACED}\\p{M}]*)|${FIGURE}|${SPACED}(?:[-._'’&]${SPACED})*`,
  "gu",
);

/** A word or phrase as FTS5 takes it, and the smaller ones it is made of. */
interface Term {
  readonly text: string;
  readonly parts: readonly string[];
}

/**
 * The terms of a question in any form: names with signs, quoted phrases, several languages. Stop words are left out
 * when other terms remain. `undefined` when there is no letter and no digit in it.
 */
export function readIndexQuery(question: string): IndexQuery | undefined {
  const terms = readTerms(spellSigns(foldLetters(cleanLine(question))));
  const language = latinLanguageOf(question);
  const telling = terms.filter((term) => !isStopWord(term.text, language));
  const chosen = distinct(telling.length > 0 ? telling : terms).slice(0, MAX_TERMS);
  if (chosen.length === 0) return undefined;
  const parts = chosen.flatMap((term) => term.parts).filter((part) => !isStopWord(part, language));
  const anyOf = distinct([...chosen, ...parts.map(word)]).slice(0, 2 * MAX_TERMS);
  return { terms: chosen.map(quote), anyOf: anyOf.map(quote) };
}

function readTerms(question: string): Term[] {
  return [...question.matchAll(TOKEN)].flatMap((match): Term[] => {
    const phrase = match.groups?.["phrase"] ?? match.groups?.["quoted"];
    if (phrase !== undefined) {
      return HAS_LETTER.test(phrase)
        ? [{ text: phrase, parts: readTerms(phrase).map((term) => term.text) }]
        : [];
    }
    if (match.groups?.["unspaced"] !== undefined) return segment(match[0]);
    const compound = match[0].replace(/['’]s$/iu, "");
    return [{ text: compound, parts: compound.split(/[-._'’&,]/u) }];
  });
}

/** The words of a run without spaces. Pairs of letters stand in for a long word that the text writes otherwise. */
function segment(run: string): Term[] {
  const segments = new Intl.Segmenter(undefined, { granularity: "word" }).segment(run);
  return [...segments].map(({ segment: text }) => {
    const letters = Array.from(text);
    const pairs = letters.slice(1).map((letter, index) => `${letters[index] ?? ""}${letter}`);
    // a Korean word of one letter, with its particle
    return { text, parts: /^\p{Script=Hangul}{2}$/u.test(text) ? letters.slice(0, 1) : pairs };
  });
}

function word(text: string): Term {
  return { text, parts: [] };
}

function distinct(terms: readonly Term[]): Term[] {
  return [...new Map(terms.map((term) => [term.text.toLowerCase(), term])).values()];
}

function quote(term: Term): string {
  return `"${cleanLine(separateLetters(term.text).replaceAll('"', " "))}"`;
}
