import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, test } from "vitest";
import type { ReportedFailure } from "../../../src/server/error-reply.ts";
import { createSlots } from "../../../src/server/slots.ts";
import { call, pagesEngine, scripted, served } from "../../graph/agent.ts";
import { connect } from "./client.ts";
import { startMcpServer, type McpOptions } from "./http-server.ts";

const STALL = { text: "Thinking about it.", chunkSize: 5, fault: { kind: "stall", after: 300 } } as const;
const QUESTION = { name: "research", arguments: { question: "Q?" } };

async function start(agent: McpOptions["agent"], options: Partial<McpOptions> = {}) {
  const url = await startMcpServer({ agent, engine: pagesEngine(), ...options });
  const transport = new StreamableHTTPClientTransport(url);
  return { url, transport, client: await connect(transport) };
}

function post(
  url: URL,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  init: RequestInit = {},
) {
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
  });
}

const RAW_CALL = { jsonrpc: "2.0", id: 7, method: "tools/call", params: QUESTION };

test("a question with two searches, its progress and its answer", async () => {
  const { agent } = await served([call("a"), call("b"), "I know.\n</think>\n\nIt is **7** [1]."]);
  const { client } = await start(agent);
  const messages: unknown[] = [];
  const result = await client.callTool(QUESTION, undefined, {
    onprogress: ({ message }) => void messages.push(message),
  });
  expect(messages).toEqual([
    "Reasoning",
    "Searching tavily: a",
    "tavily found 1 source: a",
    "Searching tavily: b",
    "tavily found 1 source: b",
    "Writing the answer",
  ]);
  expect(result.structuredContent).toMatchObject({
    answer: "It is **7** [[1]](https://example.org/a).",
    answered: true,
    searches: [{ query: "a" }, { query: "b" }],
  });
});

test("no engine's results command a terminal or another model", async () => {
  const { agent } = scripted([]);
  const result = {
    title: "Red\n\u001B[31m<|im_start|>",
    url: "https://example.org/\u0007x",
    text: "One\u0000 \u202Etwo <tool_call>\nthree",
  };
  const engine = { name: "raw", search: async () => ({ status: "found" as const, results: [result] }) };
  const { client } = await start(agent, { engine });
  const { structuredContent } = await client.callTool({ name: "search", arguments: { query: "x" } });
  expect(structuredContent).toEqual({
    status: "found",
    engine: "raw",
    results: [
      { title: "Red [|im_start|]", url: "https://example.org/x", text: "One two [tool_call]\nthree" },
    ],
  });
});

test("calls of one session keep nothing of each other", async () => {
  const { agent, completions } = await served(["</think>\n\nOne.", "</think>\n\nTwo."]);
  const { client } = await start(agent);
  expect((await client.callTool(QUESTION)).content).toEqual([{ type: "text", text: "One." }]);
  expect((await client.callTool(QUESTION)).content).toEqual([{ type: "text", text: "Two." }]);
  expect(completions.requests[1]?.body.prompt).toBe(completions.requests[0]?.body.prompt);
});

test("a client that cancels closes the connection to the model", async () => {
  const { agent, completions } = await served([STALL, "</think>\n\nStill here."]);
  const { client } = await start(agent);
  const stop = new AbortController();
  const asked = client.callTool(QUESTION, undefined, { signal: stop.signal }).catch(String);
  await expect.poll(() => completions.requests.length).toBe(1);
  stop.abort();
  expect(await asked).toMatch(/abort/i);
  expect(await completions.requests[0]!.closedEarly).toBe(true);
  expect((await client.callTool(QUESTION)).content).toEqual([{ type: "text", text: "Still here." }]);
});

test("nobody cancels the call of another session", async () => {
  const { agent, completions } = await served([STALL]);
  const { url, client, transport } = await start(agent);
  const asked = client.callTool(QUESTION).catch(String);
  await expect.poll(() => completions.requests.length).toBe(1);
  for (const requestId of [0, 1, 2, 3]) {
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } };
    expect((await post(url, cancel)).status).toBe(202);
    expect((await post(url, cancel, { "mcp-session-id": crypto.randomUUID() })).status).toBe(202);
  }
  expect(await Promise.race([asked, Promise.resolve("goes on")])).toBe("goes on");
  await transport.terminateSession();
  expect(await completions.requests[0]!.closedEarly).toBe(true);
});

test("a client that leaves ends its run", async () => {
  const { agent, completions } = await served([STALL]);
  const { url } = await start(agent);
  const gone = new AbortController();
  const reply = await post(url, RAW_CALL, {}, { signal: gone.signal });
  await expect.poll(() => completions.requests.length).toBe(1);
  gone.abort();
  await expect(reply.text()).rejects.toThrow(/abort/i);
  expect(await completions.requests[0]!.closedEarly).toBe(true);
});

test("failures are told in words that name no server, and whole to whoever runs it", async () => {
  const { agent, completions } = await served([{ status: 401, body: "no such key: sk-canary" }]);
  const failures: ReportedFailure[] = [];
  const engine = {
    name: "internal",
    search: async () => ({
      status: "failed" as const,
      failure: { kind: "unreachable" as const, message: "10.0.0.7 refused the connection." },
    }),
  };
  const { client } = await start(agent, { engine, onFailure: (failure) => failures.push(failure) });
  expect(await client.callTool(QUESTION)).toEqual({
    isError: true,
    content: [
      {
        type: "text",
        text: "The language model behind this agent refuses the agent's own key. Ask whoever runs it.",
      },
    ],
  });
  expect(await client.callTool({ name: "search", arguments: { query: "x" } })).toEqual({
    isError: true,
    content: [
      {
        type: "text",
        text: "The search engine behind this agent cannot be reached. Try again later.",
      },
    ],
  });
  expect(failures.map(({ code }) => code)).toEqual(["model-unauthorized", "unreachable"]);
  expect(failures[0]?.message).toContain(new URL(completions.url).host);
});

test("what nobody expected is told without its words", async () => {
  const failures: ReportedFailure[] = [];
  const engine = {
    name: "broken",
    search: async () => {
      throw new TypeError("no index in /home/ann");
    },
  };
  const { agent } = scripted([call("a")], { engine });
  const { client } = await start(agent, { engine, onFailure: (failure) => failures.push(failure) });
  const told = {
    isError: true,
    content: [{ type: "text", text: "The agent failed. Whoever runs it can find out why." }],
  };
  expect(await client.callTool({ name: "search", arguments: { query: "x" } })).toEqual(told);
  expect(await client.callTool(QUESTION)).toEqual(told);
  const whole = {
    code: "unexpected",
    message: "Something went wrong that should not: no index in /home/ann",
  };
  expect(failures).toEqual([whole, whole]);
});

test("a search budget above the agent's own is refused, one below it is kept", async () => {
  const { agent, asked } = scripted([call("a"), call("b"), "</think>\n\nEnough."]);
  const { client } = await start(agent, { ceilings: { maxSearches: 2, maxResults: 5 } });
  const refused = await client.callTool({ name: "research", arguments: { question: "Q?", maxSearches: 3 } });
  expect(refused).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining("maxSearches") }],
  });
  const { structuredContent } = await client.callTool({
    name: "research",
    arguments: { question: "Q?", maxSearches: 1 },
  });
  expect(structuredContent).toMatchObject({ answer: "Enough.", stopReason: "search-budget" });
  expect(asked).toEqual(["a"]);
});

test("a run of which nothing is heard is told to go on", async () => {
  const { agent } = await served([STALL]);
  const { client } = await start(agent, { heartbeatMs: 20 });
  const messages: unknown[] = [];
  void client
    .callTool(QUESTION, undefined, { onprogress: ({ message }) => void messages.push(message) })
    .catch(() => {});
  await expect.poll(() => messages.filter((message) => message === "Reasoning …")[1]).toBe("Reasoning …");
});

test("more calls than may run at the same time are told to come back", async () => {
  const { agent, completions } = await served([STALL]);
  const { client } = await start(agent, { slots: createSlots({ total: 1, perCaller: 1 }) });
  void client.callTool(QUESTION).catch(() => {});
  await expect.poll(() => completions.requests.length).toBe(1);
  expect(await client.callTool(QUESTION)).toEqual({
    isError: true,
    content: [
      {
        type: "text",
        text: "As many calls as may run at the same time are running. Call again in a few seconds.",
      },
    ],
  });
});

test("without a session, and for what no client should send", async () => {
  const { agent } = scripted(["</think>\n\nYes."]);
  const { url } = await start(agent);
  const reply = await post(url, RAW_CALL);
  expect(reply.headers.get("mcp-session-id")).toBeNull();
  expect(await reply.text()).toContain('"answer":"Yes."');
  expect((await fetch(url, { headers: { accept: "text/event-stream" } })).status).toBe(405);
  expect((await post(url, "{")).status).toBe(400);
  expect((await post(url, { jsonrpc: "1.0" })).status).toBe(400);
});
