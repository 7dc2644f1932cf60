import { foldLetters } from "./folded.ts";
import { indexedStems, type StemLanguage } from "./stems.ts";

/**
 * Class of the letters of scripts that write no spaces between words, and of Korean, which writes particles and endings
 * without a space behind a word. To be put inside `[…]` with the flag `u`.
 */
export const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;

const HYPHENATED = /(?<![-\p{L}\p{N}])\p{L}+(?:-\p{L}+)+(?![-\p{L}\p{N}])/gu;
/** A figure with its thousands parted, as most languages part them. */
const GROUPED = /(?<![\d.,])\d{1,3}([,.'’ ])\d{3}(?:\1\d{3})*(?:[.,]\d+)?(?!\d)/gu;
/** What is none has no letter of such a script; asked first because it is quickly told. */
const NOT_ASCII = /[^\0-\x7F]/u;
const UNSPACED_LETTER = new RegExp(`[${UNSPACED}]`, "gu");

/**
 * Puts a space around each letter of such a script, so that the index sees letters where it would see whole
 * sentences. A word is then found as a phrase of letters, whatever words a dictionary would cut there.
 */
export function separateLetters(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  return text.replace(UNSPACED_LETTER, " $& ");
}

export function countUnspacedLetters(text: string): number {
  return text.match(UNSPACED_LETTER)?.length ?? 0;
}

/** Gives names that end in a sign letters of their own: `C++`, `C#`. The tokenizer would only see the `C`. */
export function spellSigns(text: string): string {
  if (!text.includes("++") && !text.includes("#")) return text;
  return text
    .replace(/(?<![\p{L}\p{N}])([A-Za-z])\+\+/gu, "$1plusplus")
    .replace(/(?<![\p{L}\p{N}])([A-Za-z])#(?![\p{L}\p{N}])/gu, "$1sharp");
}

/** The copy of a text that is indexed. What is shown is the text itself. */
export function toIndexedForm(text: string): string {
  return separateLetters(spellSigns(foldLetters(text)));
}

/**
 * What is indexed beside a text: words with hyphens as one (`e-mail` as `email`), figures without what parts their
 * thousands (`1,234.5` as `1234.5`), and stems where it is not English.
 */
export function otherForms(text: string, language: StemLanguage | "en"): string {
  const folded = foldLetters(text);
  const joined = ((folded.includes("-") && folded.match(HYPHENATED)) || []).map((word) =>
    word.replaceAll("-", ""),
  );
  const figures = (folded.match(GROUPED) ?? []).map(joinThousands);
  return [...joined, ...figures, language === "en" ? "" : indexedStems(folded, language)].join(" ");
}

/** A figure without what parts its thousands; any other text as it is. */
export function joinThousands(figure: string): string {
  const [, sign] = /^\d{1,3}([,.'’ ])\d{3}/u.exec(figure) ?? [];
  return sign === undefined ? figure : figure.replaceAll(sign, "");
}
