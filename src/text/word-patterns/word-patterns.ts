import { beginningsOf, foldedCase, lettersIn } from "./beginnings.ts";

/**
 * A pattern of words and phrases, which is compiled and run only for texts that have what one of its matches begins with:
 * the patterns of a language that a text is not in cost nothing.
 */
export interface WordPattern {
  test(text: string): boolean;
  match(text: string): readonly string[];
  matchAll(text: string): readonly RegExpExecArray[];
  replaceAll(text: string, by: (found: string) => string): string;
}

/** Words are looked up by so many letters at most. */
const LONGEST = 12;
const MAX_WORDS = 20_000;
/** A sentence and its clauses are asked about in turn. */
const RECENT = 4;

/**
 * Makes patterns that are looked for in the same texts. A pattern is the source of one with the flags `giu`, whose
 * alternatives begin with letters that are written out; `signs` are what stands in each match of those that do not.
 */
export function createWordPatterns(): (source: string, ...signs: readonly string[]) => WordPattern {
  const all: { readonly source: string; readonly signs: readonly string[] }[] = [];
  let index: Index | undefined;
  let recent: readonly { readonly text: string; readonly may: ReadonlySet<number> }[] = [];
  const mayStandIn = (text: string): ReadonlySet<number> => {
    const before = recent.find((each) => each.text === text);
    if (before !== undefined) return before.may;
    const may = (index ??= indexOf(all)).in(text);
    recent = [{ text, may }, ...recent.slice(0, RECENT - 1)];
    return may;
  };
  return (source, ...signs) => {
    const own = all.push({ source, signs }) - 1;
    index = undefined;
    recent = [];
    let made: RegExp | undefined;
    const pattern = (): RegExp => (made ??= new RegExp(source, "giu"));
    return {
      test: (text) => mayStandIn(text).has(own) && text.search(pattern()) >= 0,
      match: (text) => (mayStandIn(text).has(own) ? (text.match(pattern()) ?? []) : []),
      matchAll: (text) => (mayStandIn(text).has(own) ? [...text.matchAll(pattern())] : []),
      replaceAll: (text, by) => (mayStandIn(text).has(own) ? text.replaceAll(pattern(), by) : text),
    };
  };
}

/** Tells which patterns may match in a text. */
interface Index {
  in(text: string): ReadonlySet<number>;
}

/** Letters that no text in Latin script has. */
const OTHER_SCRIPT = /[\u0370-\u1dff\u2c00-\uffff]/;

function indexOf(patterns: readonly { readonly source: string; readonly signs: readonly string[] }[]): Index {
  const [first, words] = [createWords(), createWords()];
  const signs: (readonly [string, number])[] = [];
  for (const [id, pattern] of patterns.entries()) {
    for (const sign of pattern.signs) signs.push([sign, id]);
    for (const { letters, place, isWhole } of beginningsOf(pattern.source)) {
      if (place === "anywhere") signs.push([letters, id]);
      else (place === "text" ? first : words).add(letters, isWhole, id);
    }
  }
  const latin = signs.filter(([sign]) => !OTHER_SCRIPT.test(sign));
  return {
    in(text) {
      const folded = foldedCase(text);
      const written = lettersIn(folded);
      const found = new Set(first.of(written[0] ?? ""));
      for (const word of written) for (const id of words.of(word)) found.add(id);
      for (const [sign, id] of OTHER_SCRIPT.test(text) ? signs : latin)
        if (!found.has(id) && folded.includes(sign)) found.add(id);
      return found;
    },
  };
}

/** Words and beginnings of words, and the patterns whose matches begin with them. */
function createWords() {
  const whole = new Map<string, number[]>();
  const begun = new Map<string, number[]>();
  const known = new Map<string, readonly number[]>();
  return {
    add(letters: string, isWhole: boolean, id: number): void {
      const isCut = letters.length >= LONGEST;
      idsIn(isWhole && !isCut ? whole : begun, letters.slice(0, LONGEST)).push(id);
    },
    of(word: string): readonly number[] {
      // so short a piece is a copy, and does not keep its text in memory
      const cut = word.length > LONGEST ? word.slice(0, LONGEST) : word;
      const before = known.get(cut);
      if (before !== undefined) return before;
      if (known.size >= MAX_WORDS) known.clear();
      const ids = [...(whole.get(cut) ?? [])];
      for (let length = cut.length; length > 0; length -= 1)
        ids.push(...(begun.get(cut.slice(0, length)) ?? []));
      known.set(cut, ids);
      return ids;
    },
  };
}

function idsIn(places: Map<string, number[]>, letters: string): number[] {
  const ids = places.get(letters) ?? [];
  places.set(letters, ids);
  return ids;
}
