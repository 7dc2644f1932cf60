import type { DialectName } from "../server/dialects.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import type { ReplyPart } from "../exchange/read-to-end.ts";
import type { JsonForm, ModelUsage } from "../model.ts";
import type { Sampling } from "../sampling.ts";
import type { ScoredToken } from "./token-logprobs.ts";
import type { TokenRoutes } from "./tokenizer.ts";

/** A prompt as text, or as token ids; where the server takes them in one list, texts may stand between the ids. */
export type Prompt = string | readonly (number | string)[];

/** What a request asks for, in no server's words. */
export interface RequestFields {
  readonly prompt: Prompt;
  readonly modelName: string;
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly stopTokenIds: readonly number[];
  /** The context that the model is to have there, for a server that takes it with a request. */
  readonly contextTokens?: number | undefined;
  /** The text has to be JSON of it, where the server can hold its model to that. */
  readonly form?: JsonForm | undefined;
  /** Token ids are wanted with the text. */
  readonly withIds: boolean;
}

/** What one line of a reply says. */
export interface Reading extends ReplyPart {
  readonly text: string;
  /** The ids of the tokens that were sampled, whether their text is shown yet or not; `undefined` where none are told. */
  readonly tokenIds?: readonly number[] | undefined;
  /** How many tokens were sampled so far, those included whose ids are not told. */
  readonly sampled?: number | undefined;
  /** The log-probabilities of the tokens that were sampled, likewise, where they were asked for. */
  readonly logprobs?: readonly ScoredToken[] | undefined;
  readonly usage: ModelUsage;
}

/** How one kind of server is spoken to. */
export interface Dialect {
  readonly name: DialectName;
  /** Where the text is asked for. */
  url(baseUrl: string): string;
  /** How the reply is framed: server-sent events, or a JSON value in each line. */
  readonly framing: "events" | "lines";
  /** The body without `extraBody`; what is `undefined` or `null` in it is not sent. */
  body(fields: RequestFields): Record<string, unknown>;
  /** Reads the data of an event or a line, which is JSON. */
  read(value: unknown, target: RequestTarget): Reading;
  /** The text contains the stop string that ended it, where ids are wanted or always. */
  readonly showsStop: "never" | "with-ids" | "always";
  /** How texts and ids are turned into each other, where prompts may be ids and replies tell them. */
  readonly tokens?: TokenRoutes;
  /** True where it is known that log-probabilities are told; others may tell them too. */
  readonly tellsLogprobs?: boolean;
}
