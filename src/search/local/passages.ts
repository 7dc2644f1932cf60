import type { Section } from "./documents/document.ts";
import { countUnspacedLetters, UNSPACED } from "./terms/indexed-form.ts";

const MAX_WORDS = 200;
const MAX_CHARACTERS = 2_000;

const WORD = new RegExp(`[^\\s${UNSPACED}]+`, "gu");

/** What a text is cut after, from the best place to the worst; the last always helps. */
const CUTS = [/\n[^\S\n]*\n\s*/gu, /(?<=[.!?]["”’»)\]]*)\s+|(?<=[。！？])|\n/gu, /\s+/gu, /[\s\S]{400}/gu];

/** A passage of a document, and where in it that stands. */
export interface Passage {
  readonly text: string;
  /** Page, slide: counted from 1. */
  readonly page?: number | undefined;
  /** The nearest heading of each section that it is made of, in order; empty for a section that stands below none. */
  readonly headings?: readonly string[] | undefined;
}

/** A stretch of the text; `end` is exclusive. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly words: number;
}

/**
 * Cuts a text into passages of at most 200 words and 2,000 characters, along paragraphs, else sentences, else words.
 * Two letters of a script that writes no spaces count as one word. Linear time.
 */
export function splitPassages(text: string): string[] {
  return locatePassages(text).map((passage) => passage.text);
}

/** The passages of a document that is made of sections: small neighbours share one, but not those of different pages. */
export function passagesOf(sections: readonly Section[]): Passage[] {
  const passages: Passage[] = [];
  let run: Section[] = [];
  for (const section of sections) {
    const before = run.at(-1);
    if (before !== undefined && (before.page !== section.page || !fits(together([...run, section])))) {
      for (const passage of passagesOfRun(run)) passages.push(passage);
      run = [];
    }
    run.push(section);
  }
  for (const passage of passagesOfRun(run)) passages.push(passage);
  return passages;
}

/** Sections that fit into one passage, or a single one that does not. */
function passagesOfRun(run: readonly Section[]): Passage[] {
  const page = run[0]?.page;
  const headings = run.map((section) => section.headings.at(-1) ?? "");
  return splitPassages(run.map(({ text }) => text).join("\n\n")).map((text) => ({ text, page, headings }));
}

function together(sections: readonly Section[]): Piece {
  const text = sections.map((section) => section.text).join("\n\n");
  return measure(text, 0, text.length);
}

/** The same passages, each with where it begins. */
export function locatePassages(text: string): { readonly start: number; readonly text: string }[] {
  const passages: Piece[] = [];
  for (const piece of cut(text, measure(text, 0, text.length), 0)) {
    const joined = join(passages.at(-1), piece);
    if (joined === undefined) passages.push(piece);
    else passages.splice(-1, 1, joined);
  }
  return passages
    .map(({ start, end }) => {
      const stretch = text.slice(start, end);
      return { start: start + stretch.length - stretch.trimStart().length, text: stretch.trim() };
    })
    .filter((passage) => passage.text !== "");
}

/** Pieces that fit, each as large as the cuts allow. */
function cut(text: string, whole: Piece, level: number): Piece[] {
  const pattern = CUTS[level];
  if (fits(whole) || pattern === undefined) return [whole];
  const pieces: Piece[] = [];
  let start = whole.start;
  const ends = [...text.slice(whole.start, whole.end).matchAll(pattern)].map(
    (match) => whole.start + match.index + match[0].length,
  );
  for (const end of [...ends, whole.end]) {
    // a line each of a long log: too many for the arguments of one call
    for (const piece of cut(text, measure(text, start, end), level + 1)) pieces.push(piece);
    start = end;
  }
  return pieces;
}

function join(before: Piece | undefined, piece: Piece): Piece | undefined {
  if (before === undefined) return undefined;
  const joined = { start: before.start, end: piece.end, words: before.words + piece.words };
  return fits(joined) ? joined : undefined;
}

function fits({ start, end, words }: Piece): boolean {
  return words <= MAX_WORDS && end - start <= MAX_CHARACTERS;
}

function measure(text: string, start: number, end: number): Piece {
  const stretch = text.slice(start, end);
  const words = (stretch.match(WORD)?.length ?? 0) + countUnspacedLetters(stretch) / 2;
  return { start, end, words };
}
