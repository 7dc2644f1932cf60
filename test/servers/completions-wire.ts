import { chunksUpTo, findStop, pieces } from "../../src/model/exchange/stop-strings.ts";

/** The servers whose streams are imitated. */
export type Dialect = "vllm" | "sglang" | "llamacpp" | "tgi";

/** A streamed completion, as a model behind one of the dialects would send it. */
export interface CompletionReply {
  /** All that the model would say if nothing stopped it. @default "" */
  readonly text?: string;
  /** Instead of `text`: the text of each event. */
  readonly chunks?: readonly string[];
  /** Characters in the text of one event. @default the whole text in one */
  readonly chunkSize?: number;
  /** @default "vllm" */
  readonly dialect?: Dialect;
  /** What becomes of the request's stop strings. @default "include" for tgi, else "exclude" */
  readonly stop?: "exclude" | "include" | "ignore";
  /** On the wire as it is, such as `length`. @default what the dialect says for a stop string or an end of turn */
  readonly finishReason?: string;
  /** `stop_reason` (vllm) or `matched_stop` (sglang), as it is. @default as the dialect says it */
  readonly stopReason?: string | number | null;
  /**
   * The `usage` object, or false for none. @default one token per character of prompt and text, sent when the request
   * asks for it, and always by llamacpp
   */
  readonly usage?: Readonly<Record<string, unknown>> | false;
  /** After the text, instead of a finish: an event with this error object. */
  readonly error?: unknown;
  /** After the text, instead of a finish: an event with this data, as it is. */
  readonly data?: string;
}

/** The fields of a completion request that shape its reply. */
export interface CompletionRequestBody {
  readonly prompt: string;
  readonly model?: string;
  readonly stop?: readonly string[];
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly [field: string]: unknown;
}

/** The body of the reply: server-sent events up to and including `[DONE]`. */
export function completionWire(reply: CompletionReply, request: CompletionRequestBody): string {
  const dialect = reply.dialect ?? "vllm";
  const whole = reply.chunks?.join("") ?? reply.text ?? "";
  const mode = reply.stop ?? (dialect === "tgi" ? "include" : "exclude");
  const found = mode === "ignore" ? undefined : findStop(whole, request.stop ?? []);
  const end = found === undefined ? whole.length : found.index + (mode === "include" ? found.stop.length : 0);
  const texts = chunksUpTo(reply.chunks ?? pieces(whole, reply.chunkSize ?? Infinity), end);
  const model = request.model ?? "test-model";
  const events: string[] = [];

  if ("error" in reply || reply.data !== undefined) {
    for (const text of texts) events.push(event(dialect, model, running(dialect, text)));
    events.push(reply.data ?? JSON.stringify({ error: reply.error }));
    return wire(events);
  }

  const usage = reply.usage ?? {
    prompt_tokens: request.prompt.length,
    completion_tokens: end,
    total_tokens: request.prompt.length + end,
  };
  const wanted =
    usage !== false && (dialect === "llamacpp" || request.stream_options?.include_usage === true);
  const last = dialect === "llamacpp" ? "" : (texts.pop() ?? "");
  for (const text of texts) events.push(event(dialect, model, running(dialect, text)));
  const finish = finished(dialect, last, found?.stop, reply);
  if (dialect === "llamacpp") {
    events.push(event(dialect, model, finish, wanted ? { usage, timings: { cache_n: 0 } } : {}));
  } else {
    events.push(event(dialect, model, finish));
    if (wanted) events.push(event(dialect, model, undefined, { usage }));
  }
  return wire([...events, "[DONE]"]);
}

function running(dialect: Dialect, text: string): Record<string, unknown> {
  const choice = { index: 0, text, logprobs: null, finish_reason: dialect === "tgi" ? "" : null };
  if (dialect === "vllm") return { ...choice, stop_reason: null };
  return dialect === "sglang" ? { ...choice, matched_stop: null } : choice;
}

function finished(
  dialect: Dialect,
  text: string,
  stop: string | undefined,
  reply: CompletionReply,
): Record<string, unknown> {
  const ended = dialect === "tgi" ? (stop === undefined ? "eos_token" : "stop_sequence") : "stop";
  const choice = { ...running(dialect, text), finish_reason: reply.finishReason ?? ended };
  const cutShort = reply.finishReason === "length";
  const given = reply.stopReason;
  if (dialect === "vllm") return { ...choice, stop_reason: given === undefined ? (stop ?? null) : given };
  const endOfTurn = cutShort ? null : 151_645;
  if (dialect === "sglang")
    return { ...choice, matched_stop: given === undefined ? (stop ?? endOfTurn) : given };
  return choice;
}

function event(
  dialect: Dialect,
  model: string,
  choice: Record<string, unknown> | undefined,
  extra: Record<string, unknown> = {},
): string {
  return JSON.stringify({
    id: dialect === "tgi" ? "" : "cmpl-1",
    object: "text_completion",
    created: 1_764_000_000,
    model,
    choices: choice === undefined ? [] : [choice],
    ...extra,
  });
}

function wire(events: readonly string[]): string {
  return events.map((data) => `data: ${data}\n\n`).join("");
}
