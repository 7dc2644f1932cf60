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
    for (const word of plain.slice(at, run.index).match(COMPOUND) ?? []) found.push(word);
    for (const { segment, isWordLike } of segmenter.segment(run[0]))
      if (isWordLike === true) found.push(segment);
    at = run.index + run[0].length;
  }
  for (const word of plain.slice(at).match(COMPOUND) ?? []) found.push(word);
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
