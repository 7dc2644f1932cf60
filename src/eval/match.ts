import { decimalOf } from "../text/digits.ts";

/**
 * An answer as exact match compares it: lower case, without ASCII punctuation, English articles and repeated blanks.
 * Other punctuation, accents and forms of letters stay as they are: see `unicodeNormalised`.
 *
 * Source: Search-R1, `verl/utils/reward_score/qa_em.py`, whose `\b` and `split()` are those of Python.
 */
export function normalised(answer: string): string {
  return withoutArticles(answer.toLowerCase().replaceAll(/[!-/:-@[-`{-~]/g, ""));
}

/**
 * An answer as the `_unicode` scores compare it, in any script: compatibility forms made one (NFKC), lower case, digits of all
 * scripts as 0 to 9, no optional vowels of Arabic and Hebrew, dashes and slashes as blanks, without any other punctuation or
 * symbol, English articles and repeated blanks. Each letter of a script that writes no blanks between words (Chinese,
 * Japanese, Thai) is a word.
 */
export function unicodeNormalised(answer: string): string {
  const folded = answer.normalize("NFKC").toLowerCase().normalize("NFKC");
  const spelt = folded.replaceAll(LEFT_OUT, "").replaceAll(FOREIGN_DIGIT, decimalOf);
  const plain = spelt.replaceAll(/[\p{Pd}/\u2044\u2212\u2215]/gu, " ").replaceAll(/[\p{P}\p{S}\p{Cf}]/gu, "");
  return withoutArticles(plain.replaceAll(UNSPACED, " $& "));
}

/** Marks that writers leave out: vowels of Hebrew and Arabic, the line that stretches Arabic words, the look of a sign, the dot that `İ` leaves. */
const LEFT_OUT =
  /[\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED]|\p{Variation_Selector}|(?<=i)\u0307/gu;
const FOREIGN_DIGIT = /(?![0-9])\p{Nd}/gu;

/** Letters of scripts that write no blanks between words: each is a word of its own. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}][\p{M}ー]*/gu;

function withoutArticles(text: string): string {
  return text
    .replaceAll(/(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu, " ")
    .split(PYTHON_BLANKS)
    .filter((word) => word !== "")
    .join(" ");
}

/** What Python's `split()` and `strip()` take for blanks. */
// oxlint-disable-next-line no-control-regex -- these are blanks to Python
const PYTHON_BLANKS = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * The answer in a reply: what stands in its last pair of answer tags; `undefined` where there is none, which is wrong
 * whatever is golden. Search-R1's own `extract_solution` reads prompt and reply as one, and takes the example of its prompt
 * ("Beijing") for the answer of a reply that has none.
 */
export function lastAnswer(reply: string): string | undefined {
  const last = [...reply.matchAll(/<answer>(.*?)<\/answer>/gs)].at(-1)?.[1];
  return last?.split(EDGES).join("");
}

const EDGES = new RegExp(`^${PYTHON_BLANKS.source}|${PYTHON_BLANKS.source}$`);

/** How answers are made comparable. @default normalised */
export type Normaliser = (answer: string) => string;

/** 1 where the answer is one of the golden ones. */
export function exactMatch(answer: string, golden: readonly string[], norm: Normaliser = normalised): 0 | 1 {
  const said = norm(answer);
  return golden.some((one) => norm(one) === said) ? 1 : 0;
}

/** 1 where one of the golden answers stands in it, also within a word: Search-R1's `subem_check`. */
export function substringMatch(answer: string, golden: readonly string[]): 0 | 1 {
  const said = normalised(answer);
  return golden.some((one) => said.includes(normalised(one))) ? 1 : 0;
}

/**
 * 1 where every word of one of the golden answers is a word of it, in any order: R1-Searcher's cover exact match. An empty
 * golden answer is covered by an empty answer alone.
 */
export function coverMatch(answer: string, golden: readonly string[], norm: Normaliser = normalised): 0 | 1 {
  const said = new Set(norm(answer).split(" "));
  return golden.some((one) =>
    norm(one)
      .split(" ")
      .every((word) => said.has(word)),
  )
    ? 1
    : 0;
}

/** Answers that F1 takes as a whole, as HotpotQA does: `yes` is no part of a longer answer. */
const WHOLE = new Set(["yes", "no", "noanswer"]);

/** The best F1 of words over the golden answers, as HotpotQA and FlashRAG count it. */
export function wordF1(answer: string, golden: readonly string[], norm: Normaliser = normalised): number {
  const said = norm(answer);
  const words = wordsOf(said);
  return Math.max(
    0,
    ...golden.map((one) => {
      const wanted = norm(one);
      if (said !== wanted && (WHOLE.has(said) || WHOLE.has(wanted))) return 0;
      return f1(words, wordsOf(wanted));
    }),
  );
}

function f1(said: readonly string[], wanted: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of said) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common += 1;
  }
  if (common === 0) return 0;
  // in this order, its last bit is that of the Python ones
  const [precision, recall] = [common / said.length, common / wanted.length];
  return (2 * precision * recall) / (precision + recall);
}

function wordsOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(" ");
}
