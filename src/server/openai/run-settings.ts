import type { RunSettings as RunWishes } from "../../compose/agent-run.ts";
import type { ChatRequest } from "./request.ts";

/** What one request may use at most: the budgets that the agents were made with. */
export interface Ceilings {
  readonly maxSearches: number;
  readonly maxTokens: number;
}

export interface RunSettings {
  readonly context: RunWishes;
  /** Fields of the request that ask for something, and to which nothing was done. */
  readonly ignored: readonly string[];
}

/** The fewest tokens that a run can be given. */
const MIN_TOKENS = 16;
/** `top_p: 0` means the most likely token alone; servers want more than 0 for that. */
const MIN_TOP_P = 0.001;

/** The searches that an effort allows; what is not named here allows all that the operator does. */
const SEARCHES: Readonly<Partial<Record<NonNullable<ChatRequest["reasoning_effort"]>, number>>> = {
  none: 0,
  minimal: 1,
  low: 2,
};

/** What a request may wish of a run. */
export type Wishes = Partial<Omit<ChatRequest, "model" | "messages">> & {
  readonly max_searches?: number | null | undefined;
};

/** A request's wishes as settings of a run. No request can raise a budget above its ceiling. */
export function toRunSettings(request: Wishes, ceilings: Ceilings): RunSettings {
  const { temperature, top_p: topP, top_k: topK, min_p: minP, seed, reasoning_effort: effort } = request;
  const tokens = request.max_completion_tokens ?? request.max_tokens;
  const searches = Math.min(
    (effort == null ? undefined : SEARCHES[effort]) ?? ceilings.maxSearches,
    request.max_searches ?? ceilings.maxSearches,
    ceilings.maxSearches,
  );
  const context: RunWishes = {
    maxTokens: Math.min(Math.max(tokens ?? ceilings.maxTokens, MIN_TOKENS), ceilings.maxTokens),
    maxSearches: searches,
    ...(temperature != null && { temperature }),
    ...(topP != null && { topP: Math.max(topP, MIN_TOP_P) }),
    ...(topK != null && { topK }),
    ...(minP != null && { minP }),
    ...(seed != null && { seed }),
    ...(request.presence_penalty != null && { presencePenalty: request.presence_penalty }),
    ...(request.repetition_penalty != null && { repetitionPenalty: request.repetition_penalty }),
  };
  const unheard: Readonly<Record<string, boolean>> = {
    frequency_penalty: (request.frequency_penalty ?? 0) !== 0,
    functions: (request.functions?.length ?? 0) > 0,
    logit_bias: Object.keys(request.logit_bias ?? {}).length > 0,
    logprobs: request.logprobs === true,
    stop: (request.stop?.length ?? 0) > 0,
    tools: (request.tools?.length ?? 0) > 0,
  };
  return { context, ignored: Object.keys(unheard).filter((name) => unheard[name] === true) };
}
