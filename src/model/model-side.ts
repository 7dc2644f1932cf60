import type { PromptMessage } from "./model.ts";

/** A search result as a model reads it off the continuation. `number` is what it is cited by. */
export interface HeardResult {
  readonly number: number;
  readonly title: string;
  readonly text: string;
}

/** What a model that speaks a protocol hears and writes. */
export interface ModelSide {
  /** The user's last question in the prompt. */
  question(messages: readonly PromptMessage[]): string;
  /** What the results spliced into the continuation say, in order. */
  results(continuation: string): readonly HeardResult[];
  /** How many searches the last response leaves; `null` where it does not say. */
  searchesLeft(continuation: string): number | null;
  /** The text of one search call, with its closing tag. */
  call(query: string): string;
  /** Closes the reasoning and gives the answer's text. */
  answer(text: string): string;
}
