import { joinThousands } from "./indexed-form.ts";
import type { IndexQuery } from "./index-query.ts";
import { stemsOf } from "./stems.ts";

/** Phrases, words with spaces between, each of which stands for the term: itself and the other ways to write it. */
export type Term = readonly string[];

export interface Match {
  /** What a passage should hold. */
  readonly all: readonly Term[];
  /** Any of these is better than nothing. */
  readonly any: readonly Term[];
}

const COMPOUND = /^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u;

/** How a question is looked up: each term also as its stems and as it may be joined or split. */
export function matchOf({ terms, anyOf }: IndexQuery): Match {
  const pairs = terms.slice(1).flatMap((term, index) => {
    const pair = `${bare(terms[index] ?? "")}-${bare(term)}`;
    return COMPOUND.test(pair) ? [[pair.replaceAll("-", "")]] : [];
  });
  return { all: terms.map(withOtherForms), any: [...anyOf.map(withOtherForms), ...pairs] };
}

function withOtherForms(phrase: string): Term {
  const word = bare(phrase);
  return [...new Set([word, joinThousands(word), ...spellingsOf(word), ...stemsOf(word)])];
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
