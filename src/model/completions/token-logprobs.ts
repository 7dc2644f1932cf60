import { z } from "zod";

/** A sampled token as a server tells it with its log-probability. */
export interface ScoredToken {
  /** Empty, or only a part of it, where the server keeps text back; not to be taken for the token's own. */
  readonly text: string;
  readonly logprob: number;
}

const entriesSchema = z.array(z.object({ token: z.string(), logprob: z.number() }));

/** Of the completions of OpenAI, vLLM and SGLang: lists side by side. */
const listsSchema = z.object({ tokens: z.array(z.string()), token_logprobs: z.array(z.number()) });

/** Of chats, and of llama.cpp's completions too. */
const contentSchema = z.object({ content: entriesSchema });

/**
 * The log-probabilities of the tokens of an event, in any of the shapes in which servers tell them; `undefined` where
 * there are none, or where one of them is no number.
 */
export function readLogprobs(value: unknown): readonly ScoredToken[] | undefined {
  if (value == null) return undefined;
  const lists = listsSchema.safeParse(value).data;
  if (lists !== undefined) {
    const { tokens, token_logprobs: logprobs } = lists;
    if (tokens.length !== logprobs.length) return undefined;
    return logprobs.map((logprob, at) => ({ text: tokens[at] ?? "", logprob }));
  }
  // a list on its own is Ollama's
  const entries = contentSchema.safeParse(value).data?.content ?? entriesSchema.safeParse(value).data;
  return entries?.map(({ token, logprob }) => ({ text: token, logprob }));
}
