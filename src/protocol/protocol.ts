import type { ModelSide, NativeSide, PromptMessage as Turn, ReceivedMessage, SpliceTags } from "../turn.ts";
import type { DialectName } from "./dialects/asked-dialect.ts";
import type { BudgetName, CallFault, NumberedResult, PageSide, ToolReply } from "./replies.ts";

export type {
  HeardResult,
  ModelSide,
  NativeSide,
  PromptMessage as Turn,
  TurnPart,
  WrittenCall,
} from "../turn.ts";
export type {
  BudgetName,
  CallFault,
  Echo,
  NumberedResult,
  PageReply,
  PagesReply,
  PageSide,
  QueryReply,
  ToolReply,
} from "./replies.ts";

/**
 * A piece of the one assistant turn. `model`: sampled from the model in a run; `search`: a spliced search response;
 * `runtime`: anything else that this package wrote (the opening tag, notes, closing tags).
 */
export interface Segment {
  readonly origin: "model" | "search" | "runtime";
  readonly text: string;
  /** The endpoint's token ids of `text`, where it gave them. */
  readonly tokenIds?: number[] | undefined;
  /** The log-probabilities of its tokens, where they were asked for and told: one for each id where there are ids. */
  readonly logprobs?: number[] | undefined;
  /** The message of the endpoint that the text stands for, where it is needed to go on. */
  readonly received?: ReceivedMessage | undefined;
}

export interface OpenOptions {
  readonly question: string;
  /**
   * Earlier questions and answers, oldest first, without reasoning and tool traffic. System messages are the instructions of
   * whoever asks: they stand before the protocol's own.
   */
  readonly history: readonly Turn[];
  /** Today as an ISO date, such as `2025-03-06`. */
  readonly date: string;
  /** How many searches the model may run. */
  readonly maxSearches: number;
  /** How many pages it may open with a second tool, `open_url`. Default 0: that tool is not offered. */
  readonly maxPages?: number;
  /**
   * What the head of each source will carry, so that no page can write one: some of `a-z0-9`, made anew for each
   * question. Protocols whose models know their documents without it leave it out. Default: none.
   */
  readonly boundary?: string | undefined;
  /** The model is offered the search as a tool of its endpoint, so that no prompt has to explain how to write it. */
  readonly nativeTools?: boolean;
  /**
   * How the prompt asks for calls to be written: what `dialectOf` tells of the model. Constant for a question, so it is kept
   * with its opening. Default: QwQ's. Protocols with a form of their own leave it out.
   */
  readonly dialect?: DialectName | undefined;
  readonly controlTokens?: ControlTokens;
  /** Results are shown to the model in a turn of their own, in whatever tags it was trained on. Default: within its turn. */
  readonly ownTurns?: boolean;
}

/**
 * What the model's tokenizer reads as one token wherever it stands, such as `[INST]`: no text from outside may hold it.
 * Default: the tokens of every line of models that is known.
 */
export type ControlTokens = readonly string[] | undefined;

export interface Opening {
  readonly messages: readonly Turn[];
  /** What the assistant's turn begins with before the model writes, such as `<think>\n`; may be empty. */
  readonly prefix: string;
}

/** What is read as the model writes. Where the text is cut into chunks changes only how deltas are divided. */
export type ProtocolEvent =
  | { readonly type: "reasoning-delta"; readonly text: string }
  | { readonly type: "answer-delta"; readonly text: string }
  /** The answer text so far is none: a call follows it, or the reasoning was closed again behind it. */
  | { readonly type: "answer-withdrawn" }
  | { readonly type: "call-end"; readonly text: string; readonly whole: boolean }
  | { readonly type: "response-forged" };

/** How the stream ended: the endpoint's finish reason, and the stop string where it names it (`null`: it was none). */
export interface StreamEnd {
  readonly finishReason: "stop" | "length";
  readonly stopReason?: string | null;
}

/** What one generation amounts to, equal for every way in which an endpoint may treat stop strings. */
export interface Generation {
  /** The model's text: cut after the first call, before a forged response, without end-of-turn tokens. */
  readonly text: string;
  /** The closing tag that the model did not write to a call that was cut off; empty otherwise. */
  readonly closing: string;
  /**
   * `call`: ends in a call, whole or cut off; `answer`: it wrote answer text; `nothing`: neither, such as text that only
   * led up to a call that was not allowed.
   */
  readonly outcome: "call" | "answer" | "nothing";
  /**
   * The text may have been ended by a stop string that it only mentions, in code, in a query or in a sentence: it is to be
   * gone on with from there, without stop strings. Where nothing follows, `outcome` stands.
   */
  readonly mention?: boolean;
}

export interface ProtocolReader {
  /** After `done` everything is ignored. */
  feed(chunk: string): readonly ProtocolEvent[];
  /** To be called once, after the last chunk. */
  end(end: StreamEnd): readonly ProtocolEvent[];
  /** True when nothing that follows can count: the stream should be closed. */
  readonly done: boolean;
  /** The call that is being written, from its opening on as far as it stands; `null` outside of one. */
  readonly openCall: string | null;
  /** Valid after `end`. */
  readonly generation: Generation;
}

export interface ReaderOptions {
  /** False: text from the opening of a call on does not count; the model may only answer. */
  readonly calls: boolean;
}

/** What calls may be for. */
export interface CallOptions {
  /** The model was offered `open_url` as well. Default: only searches. */
  readonly pages?: boolean;
}

export type CallReading =
  | { readonly kind: "search"; readonly queries: readonly string[] }
  /** Addresses of pages as the model wrote them: on one line each, not empty, else anything. */
  | { readonly kind: "open"; readonly urls: readonly string[] }
  | { readonly kind: "fault"; readonly fault: CallFault; readonly detail: string };

/** Documents that a model is to condense before its reasoning sees them. */
export interface DigestTask {
  readonly question: string;
  /** The assistant's turn so far. */
  readonly turn: readonly Pick<Segment, "origin" | "text">[];
  readonly query: string;
  /** Shown whole, whatever was shown before. */
  readonly results: readonly NumberedResult[];
}

/** How a model is asked to condense what a search found, and how its answer is read. */
export interface DigestSide {
  /** The prompt, neutralised. It is not part of the turn. */
  ask(task: DigestTask, controlTokens?: ControlTokens): readonly Turn[];
  /** What the model wrote down; `null` where it wrote nothing that counts. Not neutralised: `respond` does that. */
  read(generated: string): string | null;
}

/** How a model is told what of its answer is not supported. */
export interface MendSide {
  /** The text behind an answer that makes the model write it again. What it quotes is neutralised. */
  readonly tell: (
    unsupported: readonly { readonly sentence: string; readonly why: string }[],
    controlTokens?: readonly string[],
  ) => string;
}

/**
 * Meaning to text and back, for one way of writing searches into reasoning. Pure: no network, no clock, no
 * environment, no state between calls. No function throws, whatever text it is given.
 */
export interface Protocol {
  readonly name: string;
  /** Matched on the newly generated text (model's text and `closing`) to tell a tool call. Has no `g` flag. */
  readonly callPattern: RegExp;
  /** Stop strings for a generation in which the model may call. Reading does not rely on them. */
  readonly stop: readonly string[];
  /**
   * Stop strings for a generation in which it may only answer. The tags of a call are none of them: a server that names no
   * stop string would make an answer of what leads up to a call.
   */
  readonly answerStop: readonly string[];
  /** True when the model is asked to mark sources as `[n]` in its answer. */
  readonly citesSources: boolean;
  /** The prompt of a question. Question and history are neutralised. */
  open(options: OpenOptions): Opening;
  /** A reader for text that follows `before`, the assistant's turn so far. */
  reader(before: string, options: ReaderOptions): ProtocolReader;
  /** The call that `generated` ends in. `closedByModel` is false when the runtime had to write the closing tag. */
  readCall(generated: string, closedByModel: boolean, options?: CallOptions): CallReading;
  /**
   * The queries of a call that is being written which are whole already; the call may still turn out otherwise. Absent where
   * a query ends with its call.
   */
  readonly begunQueries?: (openCall: string) => readonly string[];
  /** The text to splice for a call's reply, tags included; what came from outside is neutralised. */
  respond(reply: ToolReply, controlTokens?: ControlTokens): string;
  /**
   * The text that makes the model go on. `undecided`: it stopped in mid-reasoning and may still call; `no-answer` and
   * the budgets: it has to answer now. Empty where it only has to go on with the answer that it is writing.
   */
  nudge(before: string, cause: BudgetName | "undecided" | "no-answer"): string;
  /** A spliced response with its body cut to `maxLength`, for a prompt that has outgrown the model's context. */
  condense(response: string, maxLength: number): string;
  /** A spliced response with these words in place of its body, where its results are not shown any more. */
  omit(response: string, words: string): string;
  /** The answer that the model has written, trimmed, without tags; `null` when there is none. */
  answer(segments: readonly Segment[]): string | null;
  /** Absent where its models were trained to take results within the turn, and only there. */
  readonly spliceTags?: SpliceTags;
  readonly modelSide: ModelSide;
  readonly digestSide: DigestSide;
  /** Absent where the protocol has no second tool, which opens pages. */
  readonly pageSide?: PageSide;
  /** Absent where an answer has an end of its own and cannot be written again. */
  readonly mendSide?: MendSide;
  /** Absent where the protocol cannot carry tool calls: it has no place for several queries or other tools. */
  readonly nativeSide?: NativeSide;
}
