/** Tokens of prompt and reply together, in the words of vLLM, SGLang, OpenAI, TGI and llama.cpp. */
const WINDOW =
  /max_model_len\D{1,3}(\d+)|maximum (?:context|model) length (?:is|of)\D{0,3}(\d+)|max_new_tokens` must be <= (\d+)|\((?:\d+) > (\d+) - \d+\)|available context size \((\d+)|"n_ctx": ?(\d+)/i;

/** Tokens of the prompt, as such a refusal counts them. */
const PROMPT =
  /(\d+)(?: tokens)? (?:in|from|of) (?:the|your) (?:messages|prompt|input)|resulted in (\d+) tokens|(\d+) input tokens|given: (\d+) `inputs`|\(\d+ > \d+ - (\d+)\)|request \((\d+) tokens\)|"n_prompt_tokens": ?(\d+)/i;

/** Tokens of both that were asked for. */
const REQUESTED = /requested (?:a total of )?(\d+) tokens/i;

/** What a refusal tells of the tokens of a window and of the prompt that does not fit into it. */
export function countsIn(
  text: string,
  asked?: number,
): { readonly window: number | undefined; readonly prompt: number | undefined } {
  const requested = numberIn(REQUESTED, text);
  const rest = requested === undefined || asked === undefined ? undefined : requested - asked;
  return { window: numberIn(WINDOW, text), prompt: numberIn(PROMPT, text) ?? rest };
}

/** The first of the groups of a pattern that matched, as a number. */
export function numberIn(pattern: RegExp, text: string): number | undefined {
  const found = pattern
    .exec(text)
    ?.slice(1)
    .find((group) => group !== undefined);
  return found === undefined ? undefined : Number(found);
}
