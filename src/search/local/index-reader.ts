import type { Likeness } from "../../text/spelling.ts";
import type { BuildRecord } from "./build-record.ts";
import type { NotRead } from "./not-read.ts";
import type { Awaitable } from "./steps.ts";
import type { Term } from "./terms/match.ts";

/** A passage that was found, with its document. */
export interface FoundPassage {
  /** The larger the better. */
  readonly score: number;
  /** Tells the documents of one index apart. */
  readonly document: number;
  /** Place among the passages of its document, from 0. */
  readonly position: number;
  readonly text: string;
  readonly page: number | null;
  /** A line for each section of the text. */
  readonly heading: string | null;
  readonly key: string;
  readonly title: string;
  readonly url: string | null;
  readonly date: string | null;
}

export interface Counts {
  readonly documents: number;
  readonly passages: number;
}

/**
 * What questions ask of the store that an index lies in. All stores have the same words of the same texts, and rank them
 * by the same BM25: SQLite's (k1 = 1.2, b = 0.75), over title, text and other forms as one field in which a word of the
 * title counts four times. https://sqlite.org/fts5.html#the_bm25_function
 */
export interface IndexReader {
  /** Below which addresses of files begin; undefined where the documents are no files. */
  folder(): Awaitable<string | undefined>;
  /** The folder that it was built from, and how far it came; undefined where it was built from none. */
  build(): Awaitable<BuildRecord | undefined>;
  /** How much it holds now. */
  count(): Awaitable<Counts>;
  /** How many passages it holds, at no cost. */
  size(): Awaitable<number>;
  /** What the last build left out or could not read. */
  notRead(): Awaitable<NotRead>;
  /** The passages that hold all terms, or any of them, the best first; of equal ones in the order of keys and positions. */
  find(terms: readonly Term[], hold: "all" | "any", most: number): Awaitable<readonly FoundPassage[]>;
  /** Whether at least so many passages hold all terms of each of these. */
  areHeld(queries: readonly (readonly Term[])[], least: number): Awaitable<readonly boolean[]>;
  /** How many passages hold all terms of each of these: counted up to `most`, so that it costs as much for the commonest word as for one that is just common. */
  countHolding(queries: readonly (readonly Term[])[], most: number): Awaitable<readonly number[]>;
  /**
   * Words of the texts of so many letters, by how many of these trigrams they share, then by the alphabet. Those that
   * lack the likeness may be left out.
   */
  wordsLike(
    trigrams: readonly string[],
    letters: { readonly least: number; readonly most: number },
    most: number,
    likeness: Likeness,
  ): Awaitable<readonly string[]>;
}
