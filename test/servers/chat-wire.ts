import type { ChatDialect } from "../../src/model/server/dialects.ts";
import { chunksUpTo, findStop, pieces } from "../../src/model/exchange/stop-strings.ts";

/** A tool call as a server gives it: `arguments` is sent as it is, in pieces. */
export interface WireCall {
  readonly name?: string;
  readonly arguments: string;
}

/** A streamed chat completion, as a model behind one of the dialects would send it. */
export interface ChatReply {
  /** What the server takes for reasoning; sent before the text. */
  readonly reasoning?: string;
  /** @default "reasoning_content" */
  readonly reasoningField?: "reasoning_content" | "reasoning";
  /** All that the model would say as content if nothing stopped it. @default "" */
  readonly text?: string;
  readonly calls?: readonly WireCall[];
  /** Characters in one event. @default the whole text in one */
  readonly chunkSize?: number;
  /** @default "vllm" */
  readonly dialect?: ChatDialect;
  /** What becomes of the request's stop strings. @default "exclude" */
  readonly stop?: "exclude" | "ignore";
  /** On the wire as it is. @default "tool_calls" with calls, else "stop" */
  readonly finishReason?: string;
  /** The `usage` object, or false for none. @default one token per character of messages and text */
  readonly usage?: Readonly<Record<string, unknown>> | false;
  /** After the text, instead of a finish: an event with this error object. */
  readonly error?: unknown;
  /** After the text, instead of a finish: an event with this data, as it is. */
  readonly data?: string;
}

export interface WireMessage {
  readonly role: string;
  readonly content: string | null;
  readonly [field: string]: unknown;
}

/** The fields of a chat request that shape its reply. */
export interface ChatRequestBody {
  readonly messages: readonly WireMessage[];
  readonly model?: string;
  readonly stop?: readonly string[];
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly [field: string]: unknown;
}

type Choice = Readonly<Record<string, unknown>>;

/** The body of the reply: server-sent events up to and including `[DONE]`. */
export function chatWire(reply: ChatReply, request: ChatRequestBody): string {
  const { dialect = "vllm", reasoning = "", reasoningField = "reasoning_content", calls = [] } = reply;
  const size = reply.chunkSize ?? Infinity;
  const whole = reply.text ?? "";
  const found = reply.stop === "ignore" ? undefined : findStop(whole, request.stop ?? []);
  const end = found?.index ?? whole.length;
  const deltas = [
    { role: "assistant", content: echoOf(dialect, request) },
    ...pieces(reasoning, size).map((text) => ({ [reasoningField]: text, content: null })),
    ...chunksUpTo(pieces(whole, size), end).map((text) => ({ content: text })),
    ...calls.flatMap((call, index) => callDeltas(call, index, size)),
  ];
  const events = deltas.map((delta) => event(dialect, request, { ...running(dialect), delta }));
  if ("error" in reply || reply.data !== undefined) {
    return wire([...events, reply.data ?? JSON.stringify({ error: reply.error })]);
  }

  const usage = reply.usage ?? countsOf(dialect, request, reasoning.length + end);
  const asked = request.stream_options?.include_usage === true || dialect === "mistral";
  const told = usage !== false && asked ? { usage } : {};
  const finish = {
    ...finished(dialect, found?.stop),
    finish_reason: reply.finishReason ?? (calls.length > 0 ? "tool_calls" : "stop"),
    delta: dialect === "mistral" || dialect === "deepseek" ? { content: "" } : {},
  };
  const inFinish = dialect === "mistral" || dialect === "deepseek" || dialect === "llamacpp";
  events.push(event(dialect, request, finish, inFinish ? told : {}));
  if (!inFinish && "usage" in told) events.push(event(dialect, request, undefined, told));
  return wire([...events, "[DONE]"]);
}

/** Mistral says the prefix once more, white space at its end in the next event. */
function echoOf(dialect: ChatDialect, { messages }: ChatRequestBody): string {
  const last = messages.at(-1);
  return dialect === "mistral" && last?.["prefix"] === true ? (last.content ?? "") : "";
}

function callDeltas({ name = "web_search", arguments: written }: WireCall, index: number, size: number) {
  const call = { index, id: `call_${index}`, type: "function", function: { name, arguments: "" } };
  return [
    { tool_calls: [call] },
    ...pieces(written, size).map((part) => ({ tool_calls: [{ index, function: { arguments: part } }] })),
  ];
}

function countsOf(dialect: ChatDialect, { messages }: ChatRequestBody, completion: number) {
  const prompt = messages.map(({ content }) => content ?? "").join("").length;
  const counts = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  };
  return dialect === "deepseek" ? { ...counts, prompt_cache_hit_tokens: 0 } : counts;
}

function running(dialect: ChatDialect): Choice {
  const choice = { index: 0, finish_reason: null };
  if (dialect === "vllm") return { ...choice, logprobs: null, stop_reason: null };
  return dialect === "sglang" ? { ...choice, logprobs: null, matched_stop: null } : choice;
}

function finished(dialect: ChatDialect, stop: string | undefined): Choice {
  if (dialect === "vllm") return { ...running(dialect), stop_reason: stop ?? null };
  return dialect === "sglang" ? { ...running(dialect), matched_stop: stop ?? 151_645 } : running(dialect);
}

function event(
  dialect: ChatDialect,
  { model = "test-model" }: ChatRequestBody,
  choice: Choice | undefined,
  extra: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_764_000_000,
    model,
    choices: choice === undefined ? [] : [choice],
    ...(dialect === "llamacpp" && choice?.["finish_reason"] != null && { timings: { cache_n: 0 } }),
    ...extra,
  });
}

function wire(events: readonly string[]): string {
  return events.map((data) => `data: ${data}\n\n`).join("");
}
