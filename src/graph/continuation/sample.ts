import type { ModelChunk, ReceivedMessage, SentPrompt } from "../../model/model.ts";

/** The tokens of a text that counts, and the message that stands for it. */
export interface SampledText {
  /** The ids of exactly that text; `undefined` where the endpoint gave none, or the text was cut. */
  readonly tokenIds: number[] | undefined;
  /** The log-probabilities of its tokens, likewise; one for each id where there are ids. */
  readonly logprobs: number[] | undefined;
  /** The message of the endpoint that exactly that text stands for. */
  readonly received: ReceivedMessage | undefined;
}

/** The token that ended a turn. */
export interface TurnEnd {
  readonly endTokenIds?: number[];
  readonly endLogprobs?: number[];
}

/** What a stream has drawn so far, and the stop string that the endpoint kept out of the text. */
export function createSample() {
  const pieces: Piece[] = [];
  let received: ReceivedMessage | undefined;
  let prompt: SentPrompt | undefined;
  let turnEnd: TurnEnd = {};
  return {
    add(chunk: ModelChunk): void {
      received = chunk.received ?? received;
      prompt ??= chunk.prompt;
      if (chunk.type === "end" && chunk.stopReason === null) turnEnd = turnEndOf(chunk);
      if (chunk.type === "text") pieces.push(chunk);
      else if (typeof chunk.stopReason === "string") pieces.push({ ...chunk, text: chunk.stopReason });
    },
    /** The prompt as it was sent; `undefined` where the family does not tell. */
    get prompt(): SentPrompt | undefined {
      return prompt;
    },
    get turnEnd(): TurnEnd {
      return turnEnd;
    },
    /** The tokens of the pieces that are this text to the letter, as far as all of them are known. */
    tokensOf(wanted: string): SampledText {
      const counted: Piece[] = [];
      let text = "";
      for (const piece of pieces) {
        if (text.length >= wanted.length) break;
        counted.push(piece);
        text += piece.text;
      }
      if (text !== wanted) return { tokenIds: undefined, logprobs: undefined, received: undefined };
      const tokenIds = allOf(counted.map((piece) => piece.tokenIds));
      const logprobs = allOf(counted.map((piece) => piece.logprobs));
      const paired = tokenIds === undefined || tokenIds.length === logprobs?.length;
      return { tokenIds, logprobs: paired ? logprobs : undefined, received };
    },
  };
}

function turnEndOf({ tokenIds, logprobs }: Pick<ModelChunk, "tokenIds" | "logprobs">): TurnEnd {
  if (tokenIds === undefined) return {};
  const fits = logprobs?.length === tokenIds.length;
  return { endTokenIds: [...tokenIds], ...(fits && { endLogprobs: [...logprobs] }) };
}

interface Piece {
  readonly text: string;
  readonly tokenIds?: readonly number[];
  readonly logprobs?: readonly number[];
}

/** All of them in one, if none is unknown and there is any. */
function allOf(lists: readonly (readonly number[] | undefined)[]): number[] | undefined {
  return lists.every((list) => list !== undefined) && lists.flat().length > 0 ? lists.flat() : undefined;
}
