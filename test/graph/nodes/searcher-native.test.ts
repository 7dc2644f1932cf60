import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { ContinuationModel } from "../../../src/model/model.ts";
import { createChatToolsModel } from "../../../src/model/native-tools/chat-tools.ts";
import { createGeminiModel } from "../../../src/model/native-tools/gemini/gemini.ts";
import { createMessagesModel } from "../../../src/model/native-tools/messages/messages.ts";
import { createResponsesModel } from "../../../src/model/native-tools/responses/responses.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { ask, FIXED, pagesEngine } from "../agent.ts";

type Options = {
  maxRetries: number;
  baseUrl: string;
  modelName: string;
  apiKey: string;
  side: NonNullable<typeof qwq.nativeSide>;
};

/** How an API puts its replies, as events: what comes before the second call, with the first one whole, and the rest. */
interface Wire {
  readonly create: (options: Options) => ContinuationModel;
  readonly first: (query: string) => readonly object[];
  readonly rest: (query: string) => readonly object[];
  readonly answer: (text: string) => readonly object[];
}

const chat = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});
const chatCall = (index: number, query: string, name = "web_search") => {
  const [begun, more] = [`{"query": "${query.slice(0, 1)}`, `${query.slice(1)}"}`];
  return [
    chat({
      tool_calls: [{ index, id: `call_${index}`, type: "function", function: { name, arguments: "" } }],
    }),
    ...[begun, more].map((part) => chat({ tool_calls: [{ index, function: { arguments: part } }] })),
  ];
};
const block = (index: number, query: string) => [
  {
    type: "content_block_start",
    index,
    content_block: { type: "tool_use", id: `toolu_${index}`, name: "web_search", input: {} },
  },
  ...[`{"query": "${query.slice(0, 1)}`, `${query.slice(1)}"}`].map((partial_json) => ({
    type: "content_block_delta",
    index,
    delta: { type: "input_json_delta", partial_json },
  })),
  { type: "content_block_stop", index },
];
const item = (output_index: number, query: string) => {
  const call = {
    type: "function_call",
    id: `fc_${output_index}`,
    call_id: `call_${output_index}`,
    name: "web_search",
  };
  const written = `{"query": "${query}"}`;
  return [
    { type: "response.output_item.added", output_index, item: { ...call, arguments: "" } },
    { type: "response.function_call_arguments.delta", output_index, delta: written },
    { type: "response.output_item.done", output_index, item: { ...call, arguments: written } },
  ];
};
const candidate = (part: object, finishReason?: string) => ({
  candidates: [
    { content: { role: "model", parts: [part] }, ...(finishReason !== undefined && { finishReason }) },
  ],
});
const functionCall = (query: string) => ({ functionCall: { name: "web_search", args: { query } } });

const WIRES: Readonly<Record<string, Wire>> = {
  "chat completions": {
    create: (options) => createChatToolsModel({ ...options, dialect: "openai" }),
    first: (query) => [chat({ role: "assistant", content: null }), ...chatCall(0, query)],
    rest: (query) => [...chatCall(1, query), chat({}, "tool_calls")],
    answer: (content) => [chat({ role: "assistant", content }), chat({}, "stop")],
  },
  "the Messages API": {
    create: (options) => createMessagesModel(options),
    first: (query) => [
      { type: "message_start", message: { usage: { input_tokens: 9, output_tokens: 1 } } },
      ...block(0, query),
    ],
    rest: (query) => [
      ...block(1, query),
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 9 } },
      { type: "message_stop" },
    ],
    answer: (text) => [
      { type: "message_start", message: { usage: { input_tokens: 9, output_tokens: 1 } } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } },
      { type: "message_stop" },
    ],
  },
  "the Responses API": {
    create: (options) => createResponsesModel({ ...options, dialect: "openai" }),
    first: (query) => item(0, query),
    rest: (query) => [
      ...item(1, query),
      { type: "response.completed", response: { id: "r", status: "completed", output: [] } },
    ],
    answer: (text) => [
      { type: "response.output_text.delta", output_index: 0, delta: text },
      { type: "response.completed", response: { id: "r", status: "completed", output: [] } },
    ],
  },
  Gemini: {
    create: (options) => createGeminiModel(options),
    first: (query) => [candidate(functionCall(query))],
    rest: (query) => [candidate(functionCall(query), "STOP")],
    answer: (text) => [candidate({ text }, "STOP")],
  },
};

const lines = (events: readonly object[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");

/** Runs over a server that sends each reply in its parts, and waits for what is given between them. */
async function runOver({ create, ...wire }: Wire, replies: (wire: Omit<Wire, "create">) => readonly Reply[]) {
  const engine = pagesEngine();
  const left = [...replies(wire)];
  const send = async (response: ServerResponse): Promise<void> => {
    const { parts, between, breaks = false } = left.shift()!;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(lines(parts[0]!));
    await between?.(engine.asked);
    if (breaks) response.destroy();
    else response.end(parts.slice(1).map(lines).join(""));
  };
  const server = await startWireServer((response) => void send(response));
  const side = qwq.nativeSide!;
  const model = create({ baseUrl: server.url, modelName: "gpt-5", apiKey: "sk-none", side, maxRetries: 1 });
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, searchAhead: true, ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  return { ...(await ask(agent, "Q?")), engine, left };
}

interface Reply {
  readonly parts: readonly (readonly object[])[];
  readonly between?: (asked: readonly string[]) => Promise<void>;
  readonly breaks?: boolean;
}

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await setTimeout(5);
};

test.each(Object.entries(WIRES))(
  "the search of a tool call is sent while the next one is written: %s",
  async (_, wire) => {
    const { state, engine } = await runOver(wire, ({ first, rest, answer }) => [
      {
        parts: [first("one"), rest("two")],
        // the second call comes only after the search of the first one was sent
        between: async (asked) => until(() => asked.length > 0),
      },
      { parts: [answer("It is so [1].")] },
    ]);
    expect(engine.asked).toEqual(["one", "two"]);
    expect(state).toMatchObject({ answered: true, searches: 2 });
    expect(state.usage.droppedSearches).toBeUndefined();
    expect(state.queries.map(({ query }) => query)).toEqual(["one", "two"]);
  },
);

test("nothing is sent where the model may only answer", async () => {
  const thought = { parts: [[chat({ reasoning_content: "Hm." }), chat({}, "stop")]] };
  const { state, engine, left } = await runOver(WIRES["chat completions"]!, ({ first, rest }) => [
    thought,
    thought,
    { parts: [first("one"), rest("two")] },
  ]);
  expect(left).toEqual([]);
  expect(engine.asked).toEqual([]);
  expect(state).toMatchObject({ answered: false, searches: 0 });
});

test.each(Object.entries(WIRES))(
  "a reply that breaks off behind a whole call is asked for again, its search is not: %s",
  async (_, wire) => {
    const { state, engine } = await runOver(wire, ({ first, rest, answer }) => [
      { parts: [first("one")], between: async (asked) => until(() => asked.length > 0), breaks: true },
      { parts: [first("one"), rest("two")] },
      { parts: [answer("It is so [1].")] },
    ]);
    expect(engine.asked).toEqual(["one", "two"]);
    expect(state).toMatchObject({ answered: true, searches: 2 });
    expect(state.usage.droppedSearches).toBeUndefined();
  },
);

test.each(Object.entries(WIRES))(
  "a search is ended, and counts, whose call is written otherwise after a break: %s",
  async (_, wire) => {
    const { state, engine } = await runOver(wire, ({ first, rest, answer }) => [
      { parts: [first("one")], between: async (asked) => until(() => asked.length > 0), breaks: true },
      { parts: [first("other"), rest("two")] },
      { parts: [answer("It is so [1].")] },
    ]);
    expect(engine.asked).toEqual(["one", "other", "two"]);
    expect(state).toMatchObject({ answered: true, searches: 2, usage: { droppedSearches: 1 } });
    expect(state.queries.map(({ query }) => query)).toEqual(["other", "two"]);
  },
);
