import type { GgufTokenizer } from "./library.ts";
import { findStop, stopPrefixLength } from "../exchange/stop-strings.ts";
import { joinRuns, splitRuns, textOf, type TokenRun } from "../exchange/token-run.ts";

/** The tokens before a token that can bear on its text, such as on the space that it begins with. */
const NEIGHBOURS = 3;
/** A character has at most four tokens; more that give none are no beginning of a character. */
const MAX_JOINED = 16;

export interface TokenJoiner {
  /** The text of the tokens so far that was not given yet; `undefined` while it ends inside a character. */
  add(tokenId: number): TokenRun | undefined;
  /** What is left, with U+FFFD for half a character. */
  rest(): TokenRun | undefined;
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
  function give(text: string): TokenRun | undefined {
    if (text === "") return undefined;
    const run = { text, tokenIds: held };
    neighbours = [...neighbours, ...held].slice(-NEIGHBOURS);
    held = [];
    return run;
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
export interface StopHoldback {
  /** What is certain now, and the stop string once it is whole. */
  add(run: TokenRun): { readonly runs: readonly TokenRun[]; readonly stop?: TokenRun };
  /** What is still held back. */
  rest(): readonly TokenRun[];
}

export function createStopHoldback(stop: readonly string[]): StopHoldback {
  let held: readonly TokenRun[] = [];
  return {
    add(run) {
      held = [...held, run];
      const text = textOf(held);
      const found = findStop(text, stop);
      if (found !== undefined) {
        const { before, after } = splitRuns(held, found.index);
        held = [];
        return { runs: before, stop: joinRuns(splitRuns(after, found.stop.length).before) };
      }
      const safe = text.length - stopPrefixLength(text, stop);
      let length = 0;
      const kept = held.findIndex((each) => (length += each.text.length) > safe);
      const runs = kept < 0 ? held : held.slice(0, kept);
      held = held.slice(runs.length);
      return { runs };
    },
    rest() {
      const runs = held;
      held = [];
      return runs;
    },
  };
}
