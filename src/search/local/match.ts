import type { IndexQuery } from "./index-query.ts";
import { stemsOf } from "./stems.ts";

/** Expressions of FTS5, each for one term and the other ways to write it. */
export interface Match {
  /** What a passage should hold. */
  readonly all: readonly string[];
  /** Any of these is better than nothing. */
  readonly any: readonly string[];
}

const COMPOUND = /^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u;

/** How a question is looked up: each term also as its stems and as it may be joined or split. */
export function matchOf({ terms, anyOf }: IndexQuery): Match {
  const pairs = terms.slice(1).flatMap((term, index) => {
    const pair = `${bare(terms[index] ?? "")}-${bare(term)}`;
    return COMPOUND.test(pair) ? [quote(pair.replaceAll("-", ""))] : [];
  });
  return { all: terms.map(withOtherForms), any: [...anyOf.map(withOtherForms), ...pairs] };
}

function withOtherForms(phrase: string): string {
  const word = bare(phrase);
  const others = new Set([...spellingsOf(word), ...stemsOf(word)]);
  others.delete(word);
  return others.size === 0 ? phrase : `(${[phrase, ...[...others].map(quote)].join(" OR ")})`;
}

/** `QwQ-32B` for `QwQ32B` and the other way round, `Lang Graph` for `LangGraph`: a hyphen separates words, as a space. */
function spellingsOf(word: string): string[] {
  if (!COMPOUND.test(word)) return [];
  const apart = word.replaceAll("-", " ").replaceAll(/(?<=\p{L})(?=\p{N})/gu, " ");
  return [
    word.replaceAll("-", ""),
    apart,
    apart.replaceAll(/(?<=\p{N})(?=\p{L})/gu, " "),
    word.replaceAll("-", " ").replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, " "),
  ];
}

function bare(phrase: string): string {
  return phrase.slice(1, -1);
}

function quote(text: string): string {
  return `"${text}"`;
}
