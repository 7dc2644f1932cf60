/** A turn of the prompt as plain text. */
export interface PromptMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/**
 * An assistant message as its endpoint gave it, kept beside the text that stands for it in the transcript, so that it can be
 * sent back value for value: reasoning under its own name, signatures, ids, fields that are not known here.
 */
export interface ReceivedMessage {
  /** How the message is written: as in chat completions, as the output of OpenAI's Responses, as Anthropic's blocks, as Gemini's parts, or as LangChain has it. */
  readonly form: "chat" | "responses" | "messages" | "gemini" | "langchain";
  /** A digest of the endpoint and the model, to which alone it is sent back. */
  readonly endpoint: string;
  /** A digest of the text that stands for it: where that was edited, the message no longer counts. */
  readonly text: string;
  /** The message, as JSON. */
  readonly message: string;
}

/** A piece of the assistant's turn: who wrote it and, where an endpoint gave them, its token ids and its message. */
export interface TurnPiece {
  readonly origin: "model" | "search" | "runtime";
  readonly text: string;
  readonly tokenIds?: readonly number[] | undefined;
  readonly received?: ReceivedMessage | undefined;
}

/**
 * How a protocol writes into its turn what models of many lines take as the end of a turn and the beginning of another, so
 * that it can be rewritten in their own tokens. Each piece of the runtime is one of these, or holds `answer`, or is text.
 */
export interface SpliceTags {
  /** Begins the reasoning. */
  readonly think: string;
  /** Ends it before the answer. */
  readonly answer: string;
  /** Stand around a response. */
  readonly open: string;
  readonly close: string;
  /** The stop string that stands for the end of the turn. */
  readonly turnEnd: string;
}

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

/** A tool call as an endpoint gives it: not as text, but taken apart. */
export interface WrittenCall {
  readonly name: string;
  /** JSON as the model wrote it, as far as it came. */
  readonly arguments: string;
  /** False: it was cut off, and is never one that can be run. */
  readonly whole: boolean;
}

/** A search result as a model reads it off the transcript. `number` is what it is cited by. */
export interface HeardResult {
  readonly number: number;
  readonly title: string;
  readonly text: string;
}

/** A protocol as seen by a model that speaks it: what it reads and writes. No function throws. */
export interface ModelSide {
  /** The user's last question in the prompt. */
  question(messages: readonly PromptMessage[]): string;
  /** Every result spliced so far, in order. */
  results(continuation: string): readonly HeardResult[];
  /** How many searches the last response leaves; `null` where the protocol does not tell. */
  searchesLeft(continuation: string): number | null;
  /** The text of one search call, with its closing tag. */
  call(query: string): string;
  /** Closes the reasoning and gives the answer's text. */
  answer(text: string): string;
}

/**
 * A protocol as seen by a model with tool calling, which does not write the protocol's text. No function throws, whatever
 * text it is given.
 */
export interface NativeSide {
  /** The turn so far as what it means, in order. Tags, and what opens or closes only them, are no part of it. */
  parts(
    turn: readonly Pick<TurnPiece, "origin" | "text">[],
    options?: { readonly pages?: boolean },
  ): readonly TurnPart[];
  /** The same, piece by piece. */
  partsOfEach(
    turn: readonly Pick<TurnPiece, "origin" | "text">[],
    options?: { readonly pages?: boolean },
  ): readonly (readonly TurnPart[])[];
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
