import type { PromptMessage, TurnPiece } from "../model.ts";
import type { WrittenCall } from "../exchange/written-call.ts";

/** What a part of the assistant's turn means, without any tag. */
export type TurnPart =
  | { readonly type: "reasoning" | "answer"; readonly text: string }
  /** A call that was or could be run. */
  | { readonly type: "call"; readonly queries: readonly string[] }
  /** The same for pages. */
  | { readonly type: "open"; readonly urls: readonly string[] }
  /** A call that could not be read, as it was written. */
  | { readonly type: "broken-call"; readonly text: string }
  /** What a call was answered with, whoever wrote it: results, or why it was not run. */
  | { readonly type: "response"; readonly text: string }
  /** What the runtime wrote to make the model go on. */
  | { readonly type: "note"; readonly text: string };

/** What a model that is no part of the protocol needs of it. No function throws, whatever text it is given. */
export interface NativeSide {
  /** The turn so far as what it means, in order. Tags, and what opens or closes only them, are no part of it. */
  parts(turn: readonly TurnPiece[], options?: { readonly pages?: boolean }): readonly TurnPart[];
  /** What has to be written behind `before` so that reasoning can follow; empty where it can already. */
  beginReasoning(before: string): string;
  /** The same for the answer: it closes the reasoning. */
  beginAnswer(before: string): string;
  /** The text of one call for all these queries, with its closing tag. */
  call(queries: readonly string[]): string;
  /** The same for pages. */
  openCall(urls: readonly string[]): string;
  /**
   * The text of any tool calls as one, for the protocol to judge: with its closing tag if all are whole; else without,
   * and such that it is never read as one that can be run, even if the closing tag is supplied.
   */
  callText(...calls: readonly WrittenCall[]): string;
}

/** The turn in pieces: as it was given, or all of the last assistant message as the model's own. */
export function turnOf(
  messages: readonly PromptMessage[],
  turn: readonly TurnPiece[] | undefined,
): readonly TurnPiece[] {
  const last = messages.at(-1);
  if (last?.role !== "assistant" || last.content === "") return [];
  return turn ?? [{ origin: "model", text: last.content }];
}
