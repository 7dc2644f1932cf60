import type { ChatTemplate } from "../template/chat-template.ts";
import type { GgufTokenizer } from "./library.ts";
import type { PromptMessage, TurnPiece } from "../model.ts";

/** The prompt as text and as tokens: a piece of the turn that has its ids is taken as it is, all text is tokenised. */
export type PromptTokenizer = (
  messages: readonly PromptMessage[],
  turn: readonly TurnPiece[] | undefined,
  date?: string,
) => { readonly text: string; readonly tokenIds: number[] };

const NEIGHBOURS = 3;

export function createPromptTokenizer(tokenizer: GgufTokenizer, template: ChatTemplate): PromptTokenizer {
  let vocabulary = 0;
  for (const id of tokenizer.iterateAllTokens()) vocabulary = Math.max(vocabulary, id + 1);

  function tokenise(text: string, before: readonly number[]): number[] {
    // only the beginning of a prompt may be given the space that some tokenizers put in front
    if (before.length > 0) return tokenizer.tokenize(text, true, "trimLeadingSpace");
    const { bos, shouldPrependBosToken } = tokenizer.tokens;
    const tokens = tokenizer.tokenize(text, true);
    return bos === null || !shouldPrependBosToken || tokens[0] === bos ? tokens : [bos, ...tokens];
  }

  /** Ids of another model's vocabulary, or of another text, do not count: they would end the process, or lie. */
  function isOwn({ text, tokenIds }: TurnPiece, before: readonly number[]): boolean {
    return (
      tokenIds !== undefined &&
      tokenIds.every((id) => Number.isInteger(id) && id >= 0 && id < vocabulary) &&
      tokenizer.detokenize(tokenIds, true, before.slice(-NEIGHBOURS)) === text
    );
  }

  return (messages, turn = [], date) => {
    const rendered = template.render(messages, date);
    const last = messages.at(-1);
    const continued = turn.map(({ text }) => text).join("");
    const inPieces = last?.role === "assistant" && last.content === continued && rendered.endsWith(continued);
    // text without ids is tokenised in one with the text before it, as it would be if it had never been cut
    let text = inPieces ? rendered.slice(0, rendered.length - continued.length) : rendered;
    const tokens: number[] = [];
    for (const piece of inPieces ? turn : []) {
      const ahead = text === "" ? [] : tokenise(text, tokens);
      if (isOwn(piece, [...tokens.slice(-NEIGHBOURS), ...ahead])) {
        tokens.push(...ahead, ...(piece.tokenIds ?? []));
        text = "";
      } else {
        text += piece.text;
      }
    }
    if (text !== "") tokens.push(...tokenise(text, tokens));
    return { text: rendered, tokenIds: tokens };
  };
}
