import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../../graph/agent.ts";
import { startCompletionsServer, type CompletionsServer } from "../../servers/completions.ts";
import { startTavilyServer, type TavilyServer } from "../../servers/tavily.ts";
import { startDevServer, type DevServer } from "../dev-server.ts";

const MESSAGES = [{ role: "user" as const, content: "Q?" }];

let completions: CompletionsServer;
let tavily: TavilyServer;
let server: DevServer;
let client: OpenAI;

beforeAll(async () => {
  completions = await startCompletionsServer([
    { text: `Let me look.\n${call("alpha")}`, chunkSize: 3 },
    { text: `More.\n${call("beta")}`, chunkSize: 3 },
    { text: "I know.\n</think>\n\nIt is so [2], as is [1].", chunkSize: 3 },
    // held open in the middle of the answer
    {
      text: "I know.\n</think>\n\nIt is so, and more that never comes",
      chunkSize: 3,
      fault: { kind: "stall", after: 2600 },
    },
    { text: "x", fault: { kind: "no-headers" } },
  ]);
  tavily = await startTavilyServer();
  server = await startDevServer({
    AGENTIC_RAG_MODEL_URL: completions.url,
    AGENTIC_RAG_MODEL: "QwQ-32B",
    AGENTIC_RAG_MODEL_FAMILY: "completions",
    AGENTIC_RAG_ENGINE: "tavily",
    TAVILY_API_KEY: "tvly-test",
    TAVILY_BASE_URL: tavily.url,
  });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
}, 90_000);

afterAll(async () => {
  await server?.close();
  await completions?.close();
  await tavily?.close();
});

test("on a LangGraph server: models, a cited answer after two searches, the first token before the model is done", async () => {
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(["agentic-rag", "search-r1"]);
  let content = "";
  let spans: unknown[] = [];
  for await (const { choices } of await client.chat.completions.create({
    model: "agentic-rag",
    messages: MESSAGES,
    stream: true,
  })) {
    const delta = choices[0]!.delta as {
      content?: string;
      annotations?: { url_citation: { url: string; start_index: number; end_index: number } }[];
    };
    content += delta.content ?? "";
    spans = (delta.annotations ?? spans).map((span) => span);
  }
  expect(content).toBe("It is so [[2]](https://example.org/beta), as is [[1]](https://example.org/alpha).");
  expect(spans.length).toBe(2);
  expect(tavily.queries).toEqual(["alpha", "beta"]);
});

test("a client that leaves in the middle of the answer, or before any, ends the model's connection", async () => {
  let first = "";
  for await (const { choices } of await client.chat.completions.create({
    model: "agentic-rag",
    messages: MESSAGES,
    stream: true,
  })) {
    first = choices[0]!.delta.content ?? "";
    if (first !== "") break;
  }
  // the model's connection is held open: this came before it was done
  expect("It is so, and more".startsWith(first)).toBe(true);
  expect(await completions.requests[3]!.closedEarly).toBe(true);

  const leave = new AbortController();
  const silent = client.chat.completions.create(
    { model: "agentic-rag", messages: MESSAGES },
    { signal: leave.signal },
  );
  while (completions.requests.length < 5) await sleep(5);
  leave.abort();
  await expect(silent).rejects.toThrow("aborted");
  expect(await completions.requests[4]!.closedEarly).toBe(true);
});
