import { countUnspacedLetters, UNSPACED } from "./indexed-form.ts";

const MAX_WORDS = 200;
const MAX_CHARACTERS = 2_000;

const WORD = new RegExp(`[^\\s${UNSPACED}]+`, "gu");

/** What a text is cut after, from the best place to the worst; the last always helps. */
const CUTS = [/\n[^\S\n]*\n\s*/gu, /(?<=[.!?]["”’»)\]]*)\s+|(?<=[。！？])|\n/gu, /\s+/gu, /[\s\S]{400}/gu];

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
    pieces.push(...cut(text, measure(text, start, end), level + 1));
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
