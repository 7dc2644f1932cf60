import { decimalOf } from "../../../text/digits.ts";

const NOT_ASCII = /[^\0-\x7F]/u;

/** A power, or the number of a note, and not the end of the word or figure before it. */
const RAISED = /[²³¹⁰⁴-⁹]+/gu;
const SIGN_BEHIND = /[™℠ªº]/gu;
/** Marks that writers leave out: Arabic and Hebrew vowels, the line that stretches Arabic words, Indic dots; and what no reader sees. */
const LEFT_OUT =
  /[\u00AD\u200B-\u200F\u2060-\u2064\uFEFF\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED\u093C\u09BC\u0A3C\u0ABC\u0B3C]/gu;
/** Letters that Unicode does not take apart, as they are written where a keyboard lacks them. */
const SPELLINGS = new Map(
  [
    "ßss ẞSS æae ÆAE œoe ŒOE øo ØO łl ŁL đd ĐD ðd ÐD þth ÞTH ħh ĦH ŧt ŦT ıi ёе ЁЕ \u2010-",
    // alef with what stands on it, yeh without dots or Persian, kaf of Persian, teh marbuta, other hehs
    "\u0622\u0627 \u0623\u0627 \u0625\u0627 \u0671\u0627 \u0649\u064A \u06CC\u064A \u06D2\u064A \u06A9\u0643 \u0629\u0647 \u06C0\u0647 \u06C1\u0647",
  ]
    .join(" ")
    .split(" ")
    .map((pair): [string, string] => [pair.slice(0, 1), pair.slice(1)]),
);
const SPELT = new RegExp(
  `[${[...SPELLINGS.keys()].join("")}\\u0370-\\u03FF\\u1F00-\\u1FFF]|(?![0-9])\\p{Nd}`,
  "gu",
);
/** A nasal before a consonant of Hindi, which is written as a dot, too. */
const HINDI_NASAL = /न्(?=[क-ह])/gu;

/**
 * A text with one spelling of what is written in several: ligatures, wide and narrow letters and others that are only
 * another look of the same (NFKC), digits of all scripts, letters with and without their optional marks. Latin accents
 * are left to the tokenizer of the index. As Lucene's ASCIIFoldingFilter, ArabicNormalizer, PersianNormalizer and
 * HindiNormalizer do. https://lucene.apache.org/core/10_0_0/analysis/common/
 */
export function foldLetters(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  return text
    .replace(RAISED, " $& ")
    .replace(SIGN_BEHIND, " ")
    .normalize("NFKC")
    .replace(LEFT_OUT, "")
    .replace(SPELT, spellingOf)
    .replace(HINDI_NASAL, "ं");
}

/** Of a digit its value, of a Greek letter the letter without its accents. */
function spellingOf(letter: string): string {
  const known = SPELLINGS.get(letter);
  if (known !== undefined) return known;
  if (!/\p{Nd}/u.test(letter)) return letter.normalize("NFD").charAt(0);
  return decimalOf(letter);
}
