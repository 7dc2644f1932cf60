/** A run of letters and digits, with the marks that join them: `QwQ-32B`, `2.5`, `R1-Searcher`, `C++`. */
const COMPOUND = /[\p{L}\p{M}\p{N}]+(?:[-‐‑._/][\p{L}\p{M}\p{N}]+)*[+#]*/gu;
const JOINT = /[-‐‑._/]/gu;
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー]+/gu;
const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

/** The words of a text as they are written, in order; compounds whole. Scripts without spaces are cut into words. */
export function splitWords(text: string): string[] {
  const found: string[] = [];
  const plain = text.normalize("NFKC").replaceAll(/['’]s?(?=[^\p{L}]|$)/gu, " ");
  let at = 0;
  for (const run of plain.matchAll(UNSPACED)) {
    found.push(...(plain.slice(at, run.index).match(COMPOUND) ?? []));
    for (const { segment, isWordLike } of segmenter.segment(run[0]))
      if (isWordLike === true) found.push(segment);
    at = run.index + run[0].length;
  }
  found.push(...(plain.slice(at).match(COMPOUND) ?? []));
  return found;
}

/** The parts of a compound at its hyphens and slashes: `QwQ-32B` has `QwQ` and `32B`; `2.5` is one. */
export function partsOf(word: string): string[] {
  return word.split(/[-‐‑_/]/u).filter((part) => part !== "");
}

/** A word regardless of case and of how it is joined: `QwQ-32B`, `QwQ 32B` and `qwq32b` are one. */
export function exactForm(word: string): string {
  return word.toLowerCase().replaceAll(JOINT, "");
}

/**
 * The stem of a word, so that forms of it meet (`masking`, `masked`, `mask`). Simple rules for English; short words,
 * words with digits and words of other scripts stay as they are.
 */
export function stem(word: string): string {
  const lower = word.toLowerCase();
  if (!/^[a-z]{4,}$/.test(lower)) return lower;
  const singular = singularOf(lower);
  const [ending, kept] = ENDINGS.find(
    ([end]) => singular.endsWith(end) && singular.length - end.length >= 3,
  ) ?? ["", ""];
  const base = ending === "" ? singular : singular.slice(0, -ending.length) + kept;
  return base
    .replace(ending === "" ? /$^/ : /([bdfgklmnprt])\1$/, "$1")
    .replace(/(?<=.{3})e$/, "")
    .replace(/(?<=.{2})i$/, "y")
    .replace(/(?<=.{3})is$/, "iz")
    .replace(/enc$/, "ens");
}

function singularOf(word: string): string {
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(?:[sxz]|[cs]h)es$/.test(word)) return word.slice(0, -2);
  return /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}

const ENDINGS: readonly (readonly [string, string])[] = [
  ["isation", "iz"],
  ["ization", "iz"],
  ["ation", "at"],
  ["ment", ""],
  ["ness", ""],
  ["ing", ""],
  ["ion", ""],
  ["ed", ""],
  ["er", ""],
  ["or", ""],
  ["al", ""],
  ["ly", ""],
];
