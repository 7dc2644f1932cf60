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
