import type { Prompt } from "./dialect.ts";
import type { TurnPiece } from "../model.ts";
import type { Speller } from "./token-speller.ts";

/**
 * The prompt as ids: those of the text up to what the model first wrote, and then of each piece. So nothing that was
 * drawn is tokenised anew, and each prompt begins with the ids of the one before. As text, where a piece of the model
 * has no ids, where there is none yet, or where the server does not say how it spells a text.
 */
export async function spellPrompt(
  text: string,
  turn: readonly TurnPiece[],
  speller: Speller | undefined,
  signal: AbortSignal,
): Promise<Prompt> {
  const pieces = turn.filter((piece) => piece.text !== "");
  const first = pieces.findIndex(({ origin }) => origin === "model");
  const rest = pieces.slice(first);
  const tail = rest.map((piece) => piece.text).join("");
  const untold = rest.some(({ origin, tokenIds = [] }) => origin === "model" && tokenIds.length === 0);
  if (speller === undefined || first < 0 || untold || !text.endsWith(tail)) return text;

  const head = await speller.encode(text.slice(0, text.length - tail.length), true, signal);
  if (head === undefined || head.length === 0) return text;
  const prompt: (number | string)[] = [...head];
  for (const piece of rest) {
    const isModel = piece.origin === "model";
    if (!isModel && speller.mixesTexts) {
      prompt.push(piece.text);
      continue;
    }
    const ids = isModel ? piece.tokenIds : await speller.encode(piece.text, false, signal);
    if (ids === undefined) return text;
    prompt.push(...ids);
  }
  return prompt;
}
