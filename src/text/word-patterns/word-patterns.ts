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

/**
 * Makes patterns that are looked for in the same texts. A pattern is the source of one with the flags `giu`, whose
 * alternatives begin with letters that are written out; `signs` are what stands in each match of those that do not.
 */
export function createWordPatterns(): (source: string, ...signs: readonly string[]) => WordPattern {
  const all: { readonly source: string; readonly signs: readonly string[] }[] = [];
  let index: Index | undefined;
  let last: { readonly text: string; readonly may: ReadonlySet<number> } | undefined;
  const mayStandIn = (text: string): ReadonlySet<number> => {
    if (last?.text !== text) last = { text, may: (index ??= indexOf(all)).in(text) };
    return last.may;
  };
  return (source, ...signs) => {
    const own = all.push({ source, signs }) - 1;
    index = undefined;
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

function indexOf(patterns: readonly { readonly source: string; readonly signs: readonly string[] }[]): Index {
  const places = { text: createWords(), word: createWords(), anywhere: new Map<string, number[]>() };
  for (const [id, { source, signs }] of patterns.entries()) {
    for (const sign of signs) idsIn(places.anywhere, sign).push(id);
    for (const { letters, place, isWhole } of beginningsOf(source)) {
      if (place === "anywhere") idsIn(places.anywhere, letters).push(id);
      else places[place].add(letters, isWhole, id);
    }
  }
  return {
    in(text) {
      const found = new Set<number>();
      const words = lettersIn(text);
      for (const id of places.text.of(words[0] ?? "")) found.add(id);
      for (const word of words) for (const id of places.word.of(word)) found.add(id);
      const folded = foldedCase(text);
      for (const [sign, ids] of places.anywhere)
        if (folded.includes(sign)) for (const id of ids) found.add(id);
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
      const cut = word.slice(0, LONGEST);
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
