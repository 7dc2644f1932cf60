import type { Mode } from "./tag-grammar.ts";

/** A code fence that is open. */
export interface Fence {
  readonly mark: string;
  readonly length: number;
  /** It stands in a quotation, each line behind a `>`. */
  readonly quoted: boolean;
}

/** Where the assistant's turn stands after some text. */
export interface Position {
  readonly mode: Mode;
  /** Outside the reasoning, and something is written there already. */
  readonly answering: boolean;
  /** Answer text was written since the last call or response. */
  readonly written: boolean;
  /** That text is no answer if another one follows: the reasoning was closed again behind it. */
  readonly restarts: boolean;
  /** More than white space stands on the current line. */
  readonly lineText: boolean;
  readonly fence: Fence | null;
  /** Only white space stands behind a call. */
  readonly afterCall: boolean;
  readonly inResponse: boolean;
  /** Nothing but white space since a tag. */
  readonly fresh: boolean;
  /** The end of the text that is decided. */
  readonly tail: string;
  /** Text at the end that what follows may make a tag, a call or code. */
  readonly held: string;
}

export const TURN_START: Position = {
  mode: "text",
  answering: false,
  written: false,
  restarts: false,
  lineText: false,
  fence: null,
  afterCall: false,
  inResponse: false,
  fresh: true,
  tail: "",
  held: "",
};
