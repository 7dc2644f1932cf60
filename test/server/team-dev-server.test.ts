import { Client } from "@langchain/langgraph-sdk";
import { Command, isGraphInterrupt } from "@langchain/langgraph";
import { RemoteGraph } from "@langchain/langgraph/remote";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../graph/agent.ts";
import type { ServerReply } from "../servers/completions.ts";
import { startWorld, type World } from "../servers/world.ts";
import { startDevServer, type DevServer } from "./dev-server.ts";

/** A model that divides questions, and searches for the last word of each. */
const reply: ServerReply = ({ body: { prompt } }) => {
  if (prompt.includes("Divide a question into parts")) {
    return "Easy.\n</think>\n\n- What is one?\n- What is two?\n- What is three?";
  }
  const about = /is (\w+)\?<\|im_end\|>/.exec(prompt)?.[1] ?? "";
  return prompt.includes(`All about ${about}.`) ? `</think>\n\n${about} is so [1].` : call(about);
};

let world: World;
let server: DevServer;
let client: Client;

beforeAll(async () => {
  world = await startWorld(Array.from({ length: 60 }, () => reply));
  server = await startDevServer(world.environment);
  client = new Client({ apiUrl: server.url, apiKey: null });
}, 90_000);

afterAll(async () => {
  await server?.close();
  await world?.close();
});

const ANSWER = ["one", "two", "three"]
  .map((name, index) => `## What is ${name}?\n\n${name} is so [[${index + 1}]](https://example.org/${name}).`)
  .join("\n\n");

test("the team is drawn with the four nodes of its researchers, and its settings are a form", async () => {
  const { nodes } = await client.assistants.getGraph("research-team", { xray: true });
  expect(
    nodes
      .map(({ id }) => String(id))
      .filter((id) => id.startsWith("research:"))
      .sort(),
  ).toEqual([
    "research:__start__",
    "research:finalize",
    "research:generate",
    "research:parse-tool-call",
    "research:web-search",
  ]);
  const { context_schema: context } = await client.assistants.getSchemas("research-team");
  expect(context?.properties?.["maxParts"]).toMatchObject({ title: "Parts", type: "integer", default: 4 });
  expect(context?.properties?.["approveSearches"]).toMatchObject({
    title: "Ask before searching",
    type: "boolean",
    default: false,
  });
});

test("each researcher is streamed under its namespace, and one answer comes of it", async () => {
  const { thread_id: thread } = await client.threads.create();
  const steps = new Map<string, string[]>();
  for await (const { event, data } of client.runs.stream(thread, "research-team", {
    input: { question: "All three?" },
    streamMode: ["updates"],
    streamSubgraphs: true,
  })) {
    if (event.startsWith("updates")) {
      steps.set(event, [...(steps.get(event) ?? []), ...Object.keys(data as object)]);
    }
  }
  expect(steps.get("updates")).toEqual(["divide", "research", "research", "research", "write"]);
  const places = [...steps.keys()].filter((event) => event.startsWith("updates|research:"));
  expect(places).toHaveLength(3);
  for (const place of places) {
    expect(steps.get(place)).toEqual(["generate", "parse-tool-call", "web-search", "generate", "finalize"]);
  }
  const { values } = await client.threads.getState<{ answer: string; plan: unknown }>(thread);
  expect(values).toMatchObject({ answer: ANSWER, plan: { by: "model", problem: "" } });
});

interface Waiting {
  readonly interrupts: readonly {
    readonly id: string;
    readonly value: { readonly queries: readonly string[] };
    readonly response_schema?: { readonly oneOf: readonly unknown[] };
  }[];
}

async function waiting(thread: string): Promise<Waiting["interrupts"]> {
  const { tasks } = await client.threads.getState(thread);
  return (tasks as unknown as Waiting[]).flatMap(({ interrupts }) => interrupts);
}

test("a search waits for a person, also behind a wrong answer, and without the settings another is taken", async () => {
  const { thread_id: thread } = await client.threads.create();
  const before = world.tavily.queries.length;
  const context = { approveSearches: true };
  await client.runs.wait(thread, "agentic-rag", { input: { question: "What is four?" }, context });
  const [asked] = await waiting(thread);
  expect(asked?.value).toMatchObject({
    type: "approve-search",
    question: "What is four?",
    queries: ["four"],
    engine: "tavily",
    searchesLeft: 5,
    action_requests: [{ name: "web_search", args: { query: "four" } }],
  });
  expect(asked?.response_schema?.oneOf).toHaveLength(5);
  await client.runs.wait(thread, "agentic-rag", { command: { resume: "yes" } });
  expect((await waiting(thread)).map(({ value }) => value)).toEqual([
    { ...asked?.value, problem: expect.stringContaining("The answer to approve-search does not fit") },
  ]);
  expect(world.tavily.queries.slice(before)).toEqual([]);
  const resume = { decision: "edit", queries: ["four", "five"] };
  const state = await client.runs.wait(thread, "agentic-rag", { command: { resume } });
  expect(state).toMatchObject({ answer: "four is so [[1]](https://example.org/four).", searches: 2 });
  expect(world.tavily.queries.slice(before)).toEqual(["four", "five"]);
});

test("a denied search is not sent, also where the answer comes without the settings", async () => {
  const { thread_id: thread } = await client.threads.create();
  const before = world.tavily.queries.length;
  const context = { approveSearches: true };
  await client.runs.wait(thread, "agentic-rag", { input: { question: "What is five?" }, context });
  const command = { resume: { decision: "deny" } };
  await client.runs.wait(thread, "agentic-rag", { command });
  // the model of this test asks for the same again
  expect(await waiting(thread)).toMatchObject([{ value: { queries: ["five"], searchesLeft: 5 } }]);
  expect(world.tavily.queries.slice(before)).toEqual([]);
});

test("no context raises a budget above what the operator has set", async () => {
  const { thread_id: thread } = await client.threads.create();
  const context = { maxSearches: 100, maxTokens: 900_000 };
  await client.runs.wait(thread, "agentic-rag", { input: { question: "What is five?" }, context });
  const { values } = await client.threads.getState<{ opening: unknown }>(thread);
  expect(values.opening).toMatchObject({ limits: { maxSearches: 5, maxTokens: 32_768 } });
});

test("the researchers of a team wait side by side and are answered by their ids", async () => {
  const { thread_id: thread } = await client.threads.create();
  const context = { approveSearches: true };
  await client.runs.wait(thread, "research-team", { input: { question: "All three?" }, context });
  const asked = await waiting(thread);
  expect(asked.map(({ value }) => value.queries.join()).sort()).toEqual(["one", "three", "two"]);
  const resume = Object.fromEntries(asked.map(({ id }) => [id, { decision: "approve" }]));
  const state = await client.runs.wait(thread, "research-team", { command: { resume }, context });
  expect(state).toMatchObject({ answer: ANSWER, unanswered: [] });
});

test("through RemoteGraph a run waits and is resumed", async () => {
  const remote = new RemoteGraph({ graphId: "agentic-rag", url: server.url });
  const config = { configurable: { thread_id: crypto.randomUUID() }, context: { approveSearches: true } };
  const thrown: unknown = await remote
    .invoke({ question: "What is six?" }, config)
    .catch((error: unknown) => error);
  expect(isGraphInterrupt(thrown) ? thrown.interrupts.map(({ value }) => value) : thrown).toMatchObject([
    { type: "approve-search", queries: ["six"] },
  ]);
  const done = await remote.invoke(new Command({ resume: { decision: "approve" } }), config);
  expect(done).toMatchObject({ answer: "six is so [[1]](https://example.org/six)." });
});
