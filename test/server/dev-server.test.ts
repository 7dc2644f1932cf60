import { Client } from "@langchain/langgraph-sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../graph/agent.ts";
import type { ServerReply } from "../servers/completions.ts";
import { startWorld, type World } from "../servers/world.ts";
import { startDevServer, type DevServer } from "./dev-server.ts";

/** What the model says, by how its prompt ends: the server's order of requests is not the test's. */
const REPLIES: readonly (readonly [end: string, text: string])[] = [
  ["First?<|im_end|>\n<|im_start|>assistant\n<think>\n", `Let me look.\n${call("alpha")}`],
  ["All about alpha.\n\nSearches left: 4.\n</tool_response>\n", `More.\n${call("beta")}`],
  ["All about beta.\n\nSearches left: 3.\n</tool_response>\n", "I know.\n</think>\n\nIt is [1], not [2]."],
  ["All about gamma.\n\nSearches left: 3.\n</tool_response>\n", "Forked.\n</think>\n\nIt is [2]."],
  ["Second?<|im_end|>\n<|im_start|>assistant\n<think>\n", "Easy.\n</think>\n\nAs I said."],
];

const reply: ServerReply = ({ body: { prompt } }) => {
  const text = REPLIES.find(([end]) => prompt.endsWith(end))?.[1];
  if (text === undefined)
    throw new Error(`no reply for a prompt that ends ${JSON.stringify(prompt.slice(-200))}`);
  return { text, chunkSize: 2 };
};

let world: World;
let server: DevServer;
let client: Client;

beforeAll(async () => {
  world = await startWorld(Array.from({ length: 20 }, () => reply));
  server = await startDevServer(world.environment);
  client = new Client({ apiUrl: server.url, apiKey: null });
}, 90_000);

afterAll(async () => {
  await server?.close();
  await world?.close();
});

test("all graphs are served", async () => {
  const assistants = await client.assistants.search();
  expect(assistants.map(({ graph_id: id }) => id).sort()).toEqual([
    "agentic-rag",
    "research-team",
    "search-r1",
  ]);
});

test("our own routes are there beside LangGraph's, without a key", async () => {
  const models = (await (await fetch(`${server.url}/v1/models`)).json()) as { data: { id: string }[] };
  expect(models.data.map(({ id }) => id)).toEqual([
    "agentic-rag",
    "search-r1",
    "agentic-rag-plain",
    "search-r1-plain",
  ]);
  expect((await fetch(`${server.url}/mcp`)).status).toBe(405);
});

test("the graph is drawn with its four nodes and labelled edges", async () => {
  const { nodes, edges } = await client.assistants.getGraph("agentic-rag");
  expect(nodes.map(({ id }) => String(id)).sort()).toEqual([
    "__end__",
    "__start__",
    "finalize",
    "generate",
    "parse-tool-call",
    "web-search",
  ]);
  expect(edges.map(({ source, target, data }) => [source, data ?? "", target].join(" | ")).sort()).toEqual([
    "__start__ |  | generate",
    "finalize |  | __end__",
    "generate | no tool call | finalize",
    "generate | tool call | parse-tool-call",
    "parse-tool-call | budget spent | generate",
    "parse-tool-call | repair | generate",
    "parse-tool-call | search | web-search",
    "web-search |  | generate",
  ]);
});

test("schemas come with titles and defaults, the context as a form", async () => {
  const schemas = await client.assistants.getSchemas("agentic-rag");
  expect(Object.keys(schemas.input_schema?.properties ?? {}).sort()).toEqual(["messages", "question"]);
  expect(schemas.input_schema?.properties?.["question"]).toMatchObject({
    title: "Question",
    type: "string",
    default: "",
  });
  expect(Object.keys(schemas.output_schema?.properties ?? {}).sort()).toEqual([
    "answer",
    "answered",
    "citations",
    "generations",
    "messages",
    "note",
    "opening",
    "pages",
    "queries",
    "rawAnswer",
    "readings",
    "searches",
    "sources",
    "stopReason",
    "transcript",
    "uncited",
    "usage",
  ]);
  expect(Object.keys(schemas.state_schema?.properties ?? {})).toContain("transcript");
  const context = schemas.context_schema?.properties ?? {};
  expect(context["maxSearches"]).toMatchObject({
    title: "Search budget",
    type: "integer",
    minimum: 0,
    maximum: 100,
    default: 5,
  });
  expect(context["engine"]).toMatchObject({
    enum: ["tavily"],
    default: "tavily",
  });
  expect(context["protocol"]).toMatchObject({
    enum: ["qwq", "search-r1", "search-o1", "r1-searcher", "re-search"],
    default: "qwq",
  });
  for (const field of Object.values(context)) expect(field).toHaveProperty("title");
});

/** A message as a chat UI draws it: reasoning in brackets, calls, the sources of a tool's message. */
function drawn({ content, name, tool_calls: calls = [] }: Drawn): string {
  const blocks: Exclude<Drawn["content"], string> =
    typeof content === "string" ? [{ type: "text", text: content }] : content;
  const [block] = blocks;
  if (name === "web_search" && block !== undefined && "text" in block) {
    const rows = JSON.parse(block.text ?? "") as { number?: number; url?: string }[];
    const places = rows.flatMap(({ number, url }) => (url === undefined ? [] : [`${number} ${url}`]));
    return `${name}: ${places.join(" ")}`;
  }
  return [
    ...blocks.map(({ text = "", reasoning }) => (reasoning === undefined ? text : `(${reasoning})`)),
    ...calls.map(({ name: tool, args }) => `${tool} ${args.query}`),
  ].reduce((line, piece) => (piece === "" ? line : `${line} ${piece}`));
}

interface Drawn extends Pick<StreamedMessage, "type" | "content"> {
  readonly name?: string;
  readonly tool_calls?: readonly { readonly name: string; readonly args: { readonly query: string } }[];
}

interface StreamedMessage {
  readonly type: string;
  readonly content: string | readonly { type: string; text?: string; reasoning?: string }[];
  readonly tool_call_chunks?: readonly { name?: string; args?: string }[];
}

test("a run streams typed tokens, can be looked through, forked, and followed by a second question", async () => {
  const { thread_id: thread } = await client.threads.create();
  const seen = { reasoning: "", text: "", calls: [] as unknown[] };
  for await (const part of client.runs.stream(thread, "agentic-rag", {
    input: { question: "First?" },
    context: { maxSearches: 5, date: "2026-11-22" },
    streamMode: ["messages-tuple"],
  })) {
    if (part.event !== "messages") continue;
    const [message] = part.data as unknown as [StreamedMessage];
    if (message.type !== "ai" || typeof message.content === "string") continue;
    for (const block of message.content) {
      if (block.type === "reasoning") seen.reasoning += block.reasoning;
      else seen.text += block.text;
    }
    seen.calls.push(...(message.tool_call_chunks ?? []).map(({ name, args }) => [name, args]));
  }
  expect(seen).toEqual({
    reasoning: "Let me look.\nMore.\nI know.\n",
    text: "It is [1], not [2].",
    calls: [
      ["web_search", '{"query":"alpha"}'],
      ["web_search", '{"query":"beta"}'],
    ],
  });

  const history = await client.threads.getHistory<{ searches: number; answer: string }>(thread, {
    limit: 50,
  });
  expect(history.map(({ next }) => next[0] ?? "end")).toEqual([
    "end",
    "finalize",
    "generate",
    "web-search",
    "parse-tool-call",
    "generate",
    "web-search",
    "parse-tool-call",
    "generate",
    "__start__",
  ]);
  expect(history[0]!.values.answer).toBe(
    "It is [[1]](https://example.org/alpha), not [[2]](https://example.org/beta).",
  );

  const beforeSecond = history.find(({ next, values }) => next[0] === "web-search" && values.searches === 1)!;
  await client.threads.updateState(thread, {
    checkpoint: beforeSecond.checkpoint,
    values: { call: { kind: "search", queries: [{ query: "gamma", plan: "run" }] } },
  });
  await client.runs.wait(thread, "agentic-rag", { input: null });
  const forked = await client.threads.getState<{ answer: string; searches: number }>(thread);
  expect(forked.values).toMatchObject({ answer: "It is [[2]](https://example.org/gamma).", searches: 2 });
  expect(world.tavily.queries).toEqual(["alpha", "beta", "gamma"]);

  const second = (await client.runs.wait(thread, "agentic-rag", {
    input: { messages: [{ role: "user", content: "Second?" }] },
  })) as { answer: string; searches: number; messages: Drawn[] };
  expect(second).toMatchObject({ answer: "As I said.", searches: 0 });
  expect(second.messages.at(-1)).toMatchObject({
    name: "agentic-rag",
    usage_metadata: { total_tokens: expect.any(Number) as number },
    response_metadata: { answered: true, stopReason: "answered", model_name: "QwQ-32B" },
  });
  expect(second.messages.map(drawn)).toEqual([
    "First?",
    "(Let me look.\n) web_search alpha",
    "web_search: 1 https://example.org/alpha",
    "(More.\n) web_search beta",
    "web_search: 2 https://example.org/gamma",
    "(Forked.\n) It is [[2]](https://example.org/gamma).",
    "Second?",
    "(Easy.\n) As I said.",
  ]);

  const stored = JSON.stringify(await client.threads.getHistory(thread, { limit: 100 }));
  expect(stored).not.toContain("tvly-canary-3141");
});

test("in messages mode too, what a person reads holds no tag", async () => {
  const { thread_id: thread } = await client.threads.create();
  const texts: string[] = [];
  for await (const part of client.runs.stream(thread, "agentic-rag", {
    input: { messages: [{ role: "user", content: "First?" }] },
    context: { date: "2026-11-22" },
    streamMode: ["messages"],
  })) {
    if (part.event.startsWith("messages/")) texts.push(JSON.stringify(part.data));
  }
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.filter((text) => /<\/?(?:think|tool_call|tool_response)>|<\|im_/.test(text))).toEqual([]);
});

test("a setting that does not exist is refused with what there is", async () => {
  const { thread_id: thread } = await client.threads.create();
  const run = client.runs.wait(thread, "agentic-rag", {
    input: { question: "First?" },
    context: { engine: "altavista" },
  });
  await expect(run).rejects.toThrow(
    String.raw`context.engine: \"altavista\" cannot be chosen here. These can: tavily.`,
  );
});

test("an edit of a thread that its graph has no place for is refused, and says what there is", async () => {
  const { thread_id: thread } = await client.threads.create({ graphId: "agentic-rag" });
  const edit = async (body: object) => {
    const answer = await fetch(`${server.url}/threads/${thread}/state`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return [answer.status, JSON.stringify(await answer.json())];
  };
  expect(await edit({ values: { question: "Q?" }, as_node: "nowhere" })).toEqual([
    400,
    expect.stringMatching(
      /as_node: .*nowhere.* is no node of this thread's graph\. There are: generate, parse/,
    ),
  ]);
  expect(await edit({ values: { maxSearches: 2 } })).toEqual([
    400,
    expect.stringMatching(/values: the state has no field .*maxSearches.*\. There are: messages, question/),
  ]);
  expect(await edit({ values: { question: "Q?" }, as_node: "__start__" })).toEqual([200, expect.any(String)]);
});

test("a picture in a question and settings in a wrong place are refused", async () => {
  const content = [
    { type: "text", text: "First?" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
  ];
  const { thread_id: thread } = await client.threads.create();
  await expect(
    client.runs.wait(thread, "agentic-rag", { input: { messages: [{ role: "user", content }] } }),
  ).rejects.toThrow('the question has a part of type \\"image_url\\"');
  for (const given of [{ context: { unknown: 1 } }, { config: { configurable: { maxSearches: 1 } } }]) {
    await expect(
      client.runs.wait(thread, "agentic-rag", { input: { question: "First?" }, ...given }),
    ).rejects.toThrow(/HTTP 400: .*(?:context\.unknown|config\.configurable\.maxSearches): /);
  }
});
