import type { PromptMessage, TurnPiece } from "../../turn.ts";

/** The turn in pieces: as it was given, or all of the last assistant message as the model's own. */
export function turnOf(
  messages: readonly PromptMessage[],
  turn: readonly TurnPiece[] | undefined,
): readonly TurnPiece[] {
  const last = messages.at(-1);
  if (last?.role !== "assistant" || last.content === "") return [];
  return turn ?? [{ origin: "model", text: last.content }];
}
