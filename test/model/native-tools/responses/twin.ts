import type { ServerResponse } from "node:http";
import { pieces } from "../../../../src/model/exchange/stop-strings.ts";
import { json, type PlainReply } from "../../../servers/completions.ts";
import { startWireServer } from "../../../servers/wire-server.ts";
import { ANSWER, callOf, thoughtOf } from "../twin.ts";

export interface Item {
  readonly type: string;
  readonly id?: string;
  readonly [field: string]: unknown;
}

export interface ResponsesBody {
  readonly input: readonly Item[];
  readonly previous_response_id?: string;
  readonly [field: string]: unknown;
}

const KNOWN = new Set([
  "model",
  "input",
  "previous_response_id",
  "max_output_tokens",
  "stream",
  "store",
  "include",
  "reasoning",
  "tools",
  "tool_choice",
  "prompt_cache_key",
]);

const encrypted = (step: number): string => `gAAAAABo${step}+/=`;

/** What a step puts out; step 3 answers. */
export function outputOf(step: number): readonly Item[] {
  const reasoning: Item = {
    id: `rs_${step}`,
    type: "reasoning",
    summary: [
      { type: "summary_text", text: thoughtOf(step) },
      { type: "summary_text", text: "And so on." },
    ],
    encrypted_content: encrypted(step),
  };
  if (step === 3) {
    const content = [{ type: "output_text", annotations: [], logprobs: [], text: ANSWER }];
    return [
      reasoning,
      {
        id: "msg_3",
        type: "message",
        status: "completed",
        content,
        role: "assistant",
        phase: "final_answer",
      },
    ];
  }
  const { name, arguments: written } = callOf(step, "").function;
  const call = {
    type: "function_call",
    status: "completed",
    arguments: written,
    call_id: `call_${step}`,
    name,
  };
  return [reasoning, { id: `fc_${step}`, ...call }];
}

const USAGE = {
  input_tokens: 60,
  input_tokens_details: { cached_tokens: 20 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 69,
};

/** Why OpenAI refuses an input, as its documentation and the reports of it say. `kept`: what it stored before it. */
function refusalOf(body: ResponsesBody, kept: readonly Item[]): string | undefined {
  const odd = Object.keys(body).find((name) => !KNOWN.has(name));
  if (odd === "temperature" || odd === "top_p")
    return `Unsupported parameter: '${odd}' is not supported with this model.`;
  if (odd !== undefined) return `Unknown parameter: '${odd}'.`;
  const tools = body["tools"] as readonly Readonly<Record<string, unknown>>[];
  if (tools.some(({ name }) => typeof name !== "string"))
    return "Missing required parameter: 'tools[0].name'.";
  const items = [...kept, ...body.input];
  for (const [at, item] of items.entries()) {
    const next = items[at + 1];
    if (item.type === "reasoning") {
      const step = Number(item.id?.slice(3));
      if (item["encrypted_content"] !== encrypted(step))
        return `The encrypted content ${String(item["encrypted_content"])} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`;
      if (next === undefined || next.id !== outputOf(step)[1]?.id)
        return `Item '${item.id}' of type 'reasoning' was provided without its required following item.`;
    }
    if (item.type === "function_call") {
      const step = item.id?.slice(3);
      if (step !== undefined && items[at - 1]?.id !== `rs_${step}`)
        return `Item '${item.id}' of type 'function_call' was provided without its required 'reasoning' item: 'rs_${step}'.`;
      if (next?.["call_id"] !== item["call_id"])
        return `No tool output found for function call ${String(item["call_id"])}.`;
    }
    if (item.type === "function_call_output" && items[at - 1]?.["call_id"] !== item["call_id"])
      return `No tool call found for function call output with call_id ${String(item["call_id"])}.`;
  }
  return undefined;
}

/** A server on the loopback that answers as OpenAI does at `/responses`, in three searches and an answer. */
export async function startResponses({ delivery = "stream" }: { delivery?: "stream" | "json" } = {}) {
  const stored = new Map<string, readonly Item[]>();
  const refused: string[] = [];
  const taken: ResponsesBody[] = [];
  const server = await startWireServer((response, { path, body: text }) => {
    const body = JSON.parse(text) as ResponsesBody;
    const before = body.previous_response_id;
    const kept = before === undefined ? [] : stored.get(before);
    const why =
      path !== "/v1/responses"
        ? "Not Found"
        : kept === undefined
          ? `Previous response with id '${before}' not found.`
          : refusalOf(body, kept);
    if (kept === undefined || why !== undefined) {
      refused.push(why ?? "");
      send(response, { status: 400, ...json({ error: { message: why, type: "invalid_request_error" } }) });
      return;
    }
    taken.push(body);
    const conversation = [...kept, ...body.input];
    const step = conversation.filter(({ type }) => type === "function_call_output").length;
    const id = `resp_${taken.length}`;
    if (body["store"] === true) stored.set(id, [...conversation, ...outputOf(step)]);
    send(response, delivery === "json" ? whole(id, step) : streamed(eventsOf(id, step)));
  });
  return { url: `${server.url}/v1`, taken, refused, forget: () => stored.clear() };
}

function whole(id: string, step: number): PlainReply {
  return json({
    id,
    object: "response",
    status: "completed",
    error: null,
    output: outputOf(step),
    usage: USAGE,
  });
}

/** The events of a step, as OpenAI sends them. */
export function eventsOf(id: string, step: number): readonly object[] {
  const output = outputOf(step);
  const response = { id, object: "response", status: "in_progress", output: [] };
  const items = output.flatMap((item, output_index): object[] => [
    { type: "response.output_item.added", output_index, item: begun(item) },
    ...partsOf(item, output_index),
    { type: "response.output_item.done", output_index, item },
  ]);
  return [
    { type: "response.created", response },
    ...items,
    { type: "response.completed", response: { ...response, status: "completed", output, usage: USAGE } },
  ];
}

function begun(item: Item): Item {
  return { ...item, status: "in_progress", ...(item.type === "function_call" && { arguments: "" }) };
}

function partsOf(item: Item, output_index: number): readonly object[] {
  const item_id = item.id;
  if (item.type === "reasoning") {
    return (item["summary"] as readonly { text: string }[]).flatMap(({ text }, summary_index) => [
      { type: "response.reasoning_summary_part.added", item_id, output_index, summary_index },
      ...pieces(text, 5).map((delta) => ({
        type: "response.reasoning_summary_text.delta",
        item_id,
        output_index,
        summary_index,
        delta,
      })),
    ]);
  }
  const isCall = item.type === "function_call";
  const type = isCall ? "response.function_call_arguments.delta" : "response.output_text.delta";
  const text = isCall ? String(item["arguments"]) : ANSWER;
  return pieces(text, 5).map((delta) => ({ type, item_id, output_index, delta }));
}

/** Events on the wire, with their names. */
export function streamed(events: readonly object[]): PlainReply {
  const body = events
    .map((event, sequence_number) => ({ ...event, sequence_number }))
    .map(
      (event) => `event: ${"type" in event ? String(event.type) : ""}\ndata: ${JSON.stringify(event)}\n\n`,
    );
  return { headers: { "content-type": "text/event-stream; charset=utf-8" }, body: body.join("") };
}

export function send(response: ServerResponse, { status = 200, headers = {}, body }: PlainReply): void {
  response.writeHead(status, headers).end(body);
}
