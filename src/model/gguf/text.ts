import type { GgufTokenizer } from "./library.ts";
import { findStop } from "../exchange/stop-strings.ts";

/** Text with the ids of exactly that text; without them where the text ends inside a token. */
export interface TextPiece {
  readonly text: string;
  readonly tokenIds?: readonly number[];
}

/** The tokens before a token that can bear on its text, such as on the space that it begins with. */
const NEIGHBOURS = 3;
/** A character has at most four tokens; more that give none are no beginning of a character. */
const MAX_JOINED = 16;

export interface TokenJoiner {
  /** The text of the tokens so far that was not given yet; `undefined` while it ends inside a character. */
  add(tokenId: number): TextPiece | undefined;
  /** What is left, with U+FFFD for half a character. */
  rest(): TextPiece | undefined;
}

/**
 * Tokens to text. Every token is shown as it is spelled, those of control too: `<|im_start|>` in mid-text is text that
 * the prompt of the next step would turn into the same token again.
 *
 * @param before the tokens that the text follows.
 */
export function createTokenJoiner(tokenizer: GgufTokenizer, before: readonly number[]): TokenJoiner {
  let neighbours = before.slice(-NEIGHBOURS);
  let held: number[] = [];
  const spelled = (): string => tokenizer.detokenize(held, true, neighbours);
  function give(text: string): TextPiece | undefined {
    if (text === "") return undefined;
    const piece = { text, tokenIds: held };
    neighbours = [...neighbours, ...held].slice(-NEIGHBOURS);
    held = [];
    return piece;
  }
  return {
    add(tokenId) {
      held.push(tokenId);
      const text = spelled();
      return text.endsWith("\uFFFD") && held.length < MAX_JOINED ? undefined : give(text);
    },
    rest: () => give(spelled()),
  };
}

/** Holds back what may be the beginning of a stop string. */
export interface StopWatch {
  /** What can be told, and the stop string once it is whole. */
  add(piece: TextPiece): { readonly pieces: readonly TextPiece[]; readonly stop?: TextPiece };
  /** What is still held back. */
  rest(): readonly TextPiece[];
}

export function createStopWatch(stop: readonly string[]): StopWatch {
  let held: TextPiece[] = [];
  return {
    add(piece) {
      held.push(piece);
      const text = textOf(held);
      const found = findStop(text, stop);
      if (found !== undefined) {
        const { before, after } = splitAt(held, found.index);
        held = [];
        const { before: stopPieces } = splitAt(after, found.stop.length);
        return { pieces: before, stop: joined(found.stop, stopPieces) };
      }
      const safe = text.length - longestBeginning(text, stop);
      let length = 0;
      const kept = held.findIndex((each) => (length += each.text.length) > safe);
      const pieces = kept < 0 ? held : held.slice(0, kept);
      held = kept < 0 ? [] : held.slice(kept);
      return { pieces };
    },
    rest: () => held.splice(0),
  };
}

function textOf(pieces: readonly TextPiece[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** The pieces up to a place in their text and from there; a piece that is cut in two loses its ids. */
function splitAt(pieces: readonly TextPiece[], place: number): { before: TextPiece[]; after: TextPiece[] } {
  const before: TextPiece[] = [];
  const after: TextPiece[] = [];
  let start = 0;
  for (const piece of pieces) {
    const cut = place - start;
    start += piece.text.length;
    if (cut >= piece.text.length) before.push(piece);
    else if (cut <= 0) after.push(piece);
    else {
      before.push({ text: piece.text.slice(0, cut) });
      after.push({ text: piece.text.slice(cut) });
    }
  }
  return { before, after };
}

function joined(text: string, pieces: readonly TextPiece[]): TextPiece {
  const ids = pieces.map(({ tokenIds }) => tokenIds);
  return ids.includes(undefined) ? { text } : { text, tokenIds: ids.flatMap((each) => each ?? []) };
}

/** The length of the longest end of the text that a stop string begins with. */
function longestBeginning(text: string, stop: readonly string[]): number {
  const longest = Math.max(0, ...stop.map(({ length }) => length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length -= 1) {
    const end = text.slice(-length);
    if (stop.some((each) => each.length > length && each.startsWith(end))) return length;
  }
  return 0;
}
