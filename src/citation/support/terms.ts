import { FUNCTION_WORDS } from "../../text/function-words.ts";
import { perWord } from "../../text/per-word.ts";
import { stem } from "../../text/stem.ts";

const EMPTY_WORDS: ReadonlySet<string> = new Set([
  ...Object.values(FUNCTION_WORDS).flatMap((some) => [...some]),
  ...(
    "also has have had was were been being sich auch noch nur schon dass als wenn einem einer eines " +
    "está están han ha été avait leur cette aussi " +
    "wurden werden worden dürfen darf können konnte konnten müssen muss sollen haben hatten sein seien waren wäre man immer stets nie niemals alle allen aller alles jede jeder jedes jeden jedem sämtliche " +
    "ne pas peut peuvent pouvoir puede pueden poder kann kannst darf " +
    "always never ever cannot nobody none nothing one toujours tous toutes tout toute jamais siempre nunca todos todas todo toda ser estar sido " +
    "من إلى على في عن مع أن إن كان كانت هو هي هذا هذه ذلك التي الذي ما قد كما تم بعد قبل بين عند أو ثم كل أي جميع دائما لا لم لن ليس ليست غير بها به فيها فيه له لها منها منه " +
    "لكن ولكن لكنه لكنها לא אין ולא ואין בלי ללא אך אבל עדיין אותו אותה אותם " +
    "של את על עם אל מן הוא היא זה זו אשר גם או כי אם היה היתה הייתה הם הן בין לפי כל"
  ).split(" "),
]);

/** How much of a word counts: endings and inflection lie behind. */
const STEM_LETTERS = 6;
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}ー]+|\p{L}[\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)?(?:[-‐‑._/][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*[+#]*/gu;
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}ー]/u;
const UNSPACED_RUN = new RegExp(`^${UNSPACED.source}`, "u");
/** Signs of Chinese and Japanese that say nothing of what a text is about. */
const EMPTY_SIGNS =
  /[的了吗呢吧啊是在和与或被由对从到个這这那也都就于於以及其为為に は が を で と の も へ か や だ]/gu;

/** A word of a text: several keys where it is written without spaces. */
export interface Term {
  readonly keys: readonly string[];
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** A pair of letters of two words: it tells nothing of either. */
  readonly crosses?: boolean;
}

const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

/**
 * The words of a text that say what it is about, in order, each under the keys by which its forms meet.
 * @param by where the text begins in the one that places are counted in
 */
export function termsOf(text: string, by = 0): readonly Term[] {
  const terms: Term[] = [];
  const isSpaced = !UNSPACED.test(text);
  for (const match of text.matchAll(WORD)) {
    const [start, end] = [match.index + by, match.index + by + match[0].length];
    if (!isSpaced && UNSPACED_RUN.test(match[0])) {
      terms.push(...unspacedTerms(match[0], start));
      continue;
    }
    for (const keys of keysOfParts(match[0])) terms.push({ keys, text: match[0], start, end });
  }
  return terms;
}

/** The keys of a word, and of each of its parts at hyphens and slashes: `QwQ-32B` is found by both. */
const keysOfParts = perWord((word): readonly (readonly string[])[] => {
  const bare = word.replace(/['’]s?$/u, "").replace(/^(?:[dlnjsmct]|qu)['’](?=\p{L}{2})/iu, "");
  const parts = bare.split(/[-‐‑/_]/u).filter((part) => part !== "");
  return (parts.length > 1 ? parts : [bare]).flatMap((part) => {
    const key = stemKey(part);
    return key === undefined ? [] : [[key]];
  });
});

/** Pairs of letters, because words of these scripts have no spaces that would set them apart. */
function unspacedTerms(run: string, from: number): readonly Term[] {
  const found: Term[] = [];
  const inner = wordInsides(run);
  let start = 0;
  for (const part of run.split(EMPTY_SIGNS)) {
    if (part.length === 1)
      found.push({ keys: [part], text: part, start: from + start, end: from + start + 1 });
    for (let at = start; at + 1 < start + part.length; at += 1) {
      const text = run.slice(at, at + 2);
      found.push({ keys: [text], text, start: from + at, end: from + at + 2, crosses: !inner(at) });
    }
    start += part.length + 1;
  }
  return found;
}

/** Tells whether two letters stand in one word; words of one letter each may be a name. */
function wordInsides(run: string): (at: number) => boolean {
  const words = [...segmenter.segment(run)].flatMap((word) =>
    Array.from({ length: word.segment.length }, () => word),
  );
  return (at) => {
    const [one, other] = [words[at], words[at + 1]];
    return one?.index === other?.index || (one?.segment.length === 1 && other?.segment.length === 1);
  };
}

const keyOf = perWord((word) => makeKey(word) ?? null);

/** The key under which the forms of a word meet; none of a word that only connects. */
export function stemKey(word: string): string | undefined {
  return keyOf(word) ?? undefined;
}

/** German: `gebadet` is of `baden`. */
const PARTICIPLE = /^ge(\p{L}{3,}?)e?t(?:e[nmrs]?)?$/u;

function makeKey(word: string): string | undefined {
  const lower = word.toLowerCase().replace(PARTICIPLE, "$1en");
  if (lower === "" || EMPTY_WORDS.has(lower)) return undefined;
  if (/\p{sc=Arabic}/u.test(lower)) return arabicKey(lower);
  if (/\p{sc=Hebrew}/u.test(lower)) return hebrewKey(lower);
  // `used` and `use`: the stemmer leaves words of four letters
  const folded = stem(
    lower
      .replace(/^([a-z]{2}e)d$/, "$1")
      .normalize("NFKD")
      .replaceAll(/\p{M}/gu, "")
      .replaceAll("ß", "ss"),
  );
  if (/\p{N}/u.test(folded)) return folded;
  return folded.length > STEM_LETTERS ? folded.slice(0, STEM_LETTERS) : folded;
}

function arabicKey(word: string): string | undefined {
  const plain = word
    .normalize("NFKC")
    .replaceAll(/[\u064b-\u065f\u0670\u0640]/gu, "")
    .replaceAll(/[أإآ]/gu, "ا")
    .replaceAll("ى", "ي")
    .replaceAll("ة", "ه");
  const bare = plain.replace(/^(?:وال|بال|كال|فال|لل|ال)(?=.{3})/u, "").replace(/^[وبلفك](?=.{4})/u, "");
  const stemmed = bare.replace(/(?<=.{3})(?:ات|ون|ين|ان|ها|هم|يه|ه|ي|ت|وا)$/u, "");
  return EMPTY_WORDS.has(bare) ? undefined : stemmed;
}

function hebrewKey(word: string): string | undefined {
  const plain = word.normalize("NFKC").replaceAll(/[\u0591-\u05c7]/gu, "");
  const bare = plain.replace(/^[והבלמשכ]{1,2}(?=.{3})/u, "");
  return EMPTY_WORDS.has(bare) ? undefined : bare.replace(/(?<=.{3})(?:ים|ות|ה|ת)$/u, "");
}
