import type { SaidPart } from "../exchange/read-to-end.ts";
import type { ServerDialect } from "../server/dialects.ts";
import type { ReasoningBack, ThinkingKept } from "./reasoning-back.ts";
import type { StopVerdict, Verdict } from "./sequence.ts";

/** Whether a route is there. `failed`: it answered with an error that may pass; `not asked`: there was no need to. */
export type RouteState = "yes" | "no" | "failed" | "not asked";

export interface RouteReport {
  readonly exists: RouteState;
  /** The server's words where it is not there, or does not do it; empty otherwise. */
  readonly why: string;
  /** Whether a reply goes on where the given text ended. */
  readonly continues: Verdict;
  /** How the replies began, shortened and printable. */
  readonly evidence: readonly string[];
  readonly streams: boolean;
  readonly stop: StopVerdict;
  /** It counts tokens. */
  readonly usage: boolean;
  /** It tells how many came from its prefix cache. */
  readonly cachedTokens: boolean;
}

export interface CompletionsReport extends RouteReport {
  /** Whether a chat template is put around the prompt, by the count of its tokens. */
  readonly template: Verdict;
  /** It tells the ids of what it draws. */
  readonly tokenIds: boolean;
  /** It tells their log-probabilities when asked. */
  readonly logprobs: boolean;
}

export interface ChatReport extends RouteReport {
  /** Where reasoning comes out: between tags in the text, apart from it, nowhere although it is counted, or none was seen. */
  readonly reasoning: "in the text" | NonNullable<SaidPart["reasoningField"]> | "swallowed" | "none seen";
  /** Under which name it reads reasoning that is given back with a call; absent where that was not asked. */
  readonly reasoningBack?: ReasoningBack;
  /** Whether it reads the thinking of earlier questions; absent where that was not asked. */
  readonly thinkingKept?: ThinkingKept;
  /** What becomes of a tool call that is written as text. */
  readonly callText: "stays text" | "tool_calls" | "loses its tags" | "unclear";
  /** Whether it takes tools: it called one, took them without calling, or refused them. */
  readonly tools: "called" | "accepted" | "refused" | "not asked";
  /** The server's words where it refused them. */
  readonly toolsWhy?: string;
}

/** OpenAI's `/responses`, which is asked where its chat does not take tools. */
export interface ResponsesReport {
  readonly exists: RouteState;
  /** The server's words where it is not there, or refuses tools; empty otherwise. */
  readonly why: string;
  readonly tools: "called" | "accepted" | "refused";
}

/** What an endpoint was found to do. Plain data, without any key. */
export interface ProbeReport {
  readonly baseUrl: string;
  readonly modelName: string;
  readonly dialect: ServerDialect;
  /** How the dialect is known. */
  readonly dialectFrom: "setting" | "server" | "nothing";
  /** Which chat template raw completions would be given. */
  readonly chatTemplate: PromptTemplate;
  /** False: a question about the server was not answered, so that asking again may find something else. */
  readonly certain: boolean;
  readonly completions: CompletionsReport;
  readonly chat: ChatReport;
  /** Absent where it was not asked. */
  readonly responses?: ResponsesReport;
}

/**
 * Where the chat template of raw completions is from. `set`: the settings; `server`: the server tells it; `chatml`: the
 * model's name says so; `assumed`: ChatML for want of a better one.
 */
export type PromptTemplate = "set" | "server" | "chatml" | "assumed";

const NO_ROUTE: RouteReport = {
  exists: "not asked",
  why: "",
  continues: "unclear",
  evidence: [],
  streams: false,
  stop: "unclear",
  usage: false,
  cachedTokens: false,
};

export const NO_COMPLETIONS: CompletionsReport = {
  ...NO_ROUTE,
  template: "unclear",
  tokenIds: false,
  logprobs: false,
};

export const NO_CHAT: ChatReport = {
  ...NO_ROUTE,
  reasoning: "none seen",
  callText: "unclear",
  tools: "not asked",
};
