import type { CallForm } from "../dialects/table.ts";

export interface TagPair {
  readonly open: string;
  readonly close: string;
}

/** How calls of one form are told from text. */
export interface GrammarForm extends Omit<CallForm, "calls"> {
  /** Whether a call without its closing tag has all the rest. */
  readonly isWhole: (body: string) => boolean;
  /** Whether a tag behind `body` stands in a value of the call; `undefined` while `rest` is too short to tell. */
  readonly isQuotedAt: (body: string, rest: string, ended: boolean) => boolean | undefined;
  readonly endsInValue: (body: string) => boolean;
}

/** The tags of a protocol, and what its calls look like. */
export interface TagGrammar {
  readonly think: TagPair;
  readonly call: TagPair;
  readonly response: TagPair;
  readonly answer: TagPair | null;
  /** What stands outside the reasoning is the answer, with answer tags or without. */
  readonly answersFreely: boolean;
  /** Control tokens that end the turn, should the endpoint print them. */
  readonly turnEnds: readonly string[];
  readonly forms: readonly GrammarForm[];
  /**
   * Models of any family write in it: besides all forms of calls, JSON alone is a call, the channels of other chat formats
   * count, and a tag may be named in a sentence. False where models are trained on these tags alone.
   */
  readonly dialects: boolean;
}

/** Whether text in a mode is the answer. */
export function isAnswerIn({ answersFreely }: TagGrammar, mode: Mode): boolean {
  return mode === "answer" || (mode === "text" && answersFreely);
}

/** `text`: outside all tags. */
export type Mode = "think" | "text" | "answer";
