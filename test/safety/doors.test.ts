import { HumanMessage } from "@langchain/core/messages";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { createRunView } from "../../src/cli/view/run-view.ts";
import { createAgenticRagChatModel } from "../../src/compose/chat-model.ts";
import { createResearchTool } from "../../src/compose/research-tool.ts";
import { createStage } from "../cli/surroundings.ts";
import { ask, call, scripted, thread } from "../graph/agent.ts";
import { connect } from "../server/mcp/client.ts";
import { startMcpServer } from "../server/mcp/http-server.ts";
import { startOpenAiServer } from "../server/openai/server.ts";
import { dangersIn } from "./rendered-answer.ts";

const ESC = "\u001B";
const SOURCE = "https://source.org/page";

/** Ways to make a reader load, run, link or obey something; `host` tells from where it came. */
const WAYS: Readonly<Record<string, (host: string) => string>> = {
  image: (host) => `![x](https://${host}/x.png)`,
  reference: (host) => `![x][r]\n\n[r]: https://${host}/x`,
  HTML: (host) => `<img src=//${host}/x onerror=alert(1)>`,
  link: (host) => `[click](https://${host}/x)`,
  "link as a mark": (host) => `[[7]](https://${host}/x)`,
  address: (host) => `https://${host}/x`,
  "www.": (host) => `www.${host}`,
  name: (host) => host,
  mail: (host) => `name@${host}`,
  slashes: (host) => `//${host}/x`,
  "OSC 8": (host) => `${ESC}]8;;https://${host}${ESC}\\x${ESC}]8;;${ESC}\\`,
  "CSI and bidi": (host) => `${ESC}[31m\u009B2J\u202Emoc.${host}\u2066`,
};
const FIELDS = ["title", "snippet", "query", "reasoning", "answer"] as const;
type Field = (typeof FIELDS)[number];

const hostOf = (way: string, field: Field): string =>
  `${field}-${way.toLowerCase().replaceAll(/\W/g, "")}.com`;
const hostile = (field: Field): string =>
  Object.entries(WAYS)
    .map(([way, write]) => write(hostOf(way, field)))
    .join(field === "title" || field === "query" ? " " : "\n\n");

/** A run in which every field is hostile, of which all is shown. */
function run() {
  const steps = [
    `Hm.\n${hostile("reasoning")}\n${call(hostile("query"))}`,
    `So.\n</think>\n\nIt is so [1].\n\n${hostile("answer")}\n\nThat is all.`,
  ];
  const result = { title: hostile("title"), url: SOURCE, text: `It is so. ${hostile("snippet")}` };
  const engine = { name: "pages", search: async () => ({ status: "found" as const, results: [result] }) };
  return { ...scripted(steps, { engine }), engine };
}

/** Characters on which a terminal or a line of text acts. */
const COMMANDS = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u;

const counts = new Map<string, { cases: number; violations: number }>();

/** What a door showed that it must not, each field and way a case. */
function judge(door: string, texts: readonly string[]): readonly string[] {
  const shown = texts.join("\n\n");
  expect([door, shown]).not.toEqual([door, ""]);
  const dangers = texts.flatMap((text) => [
    ...dangersIn(text, [SOURCE]),
    ...(COMMANDS.test(text) ? [`command in ${JSON.stringify(text)}`] : []),
  ]);
  counts.set(door, { cases: FIELDS.length * Object.keys(WAYS).length, violations: dangers.length });
  return dangers;
}

afterAll(() => {
  const rows = [...counts].map(([door, { cases, violations }]) => `${violations} of ${cases}  ${door}`);
  console.log(`Safety, doors: violations of fields × ways\n${rows.join("\n")}`);
});

const text = z.string();

test("custom: the deltas, the answer, and the titles of sources", async () => {
  const { events } = await ask(run().agent, "Q?");
  const of = (type: string): string =>
    events.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
  const titles = events.flatMap((event) =>
    event.type === "search-end" ? event.sources.map(({ title }) => title) : [],
  );
  const answers = events.flatMap((event) => (event.type === "answer-end" ? [event.answer] : []));
  const marked = of("answer-delta");
  expect(marked).toContain("It is so [1].");
  expect(judge("custom", [of("reasoning-delta"), marked.replace("[1]", ""), ...titles, ...answers])).toEqual(
    [],
  );
});

test("messages, which the SDK calls messages-tuple", async () => {
  const seen = { reasoning: "", text: "" };
  for await (const [message] of await run().agent.stream(
    { question: "Q?" },
    { ...thread(), streamMode: "messages" },
  )) {
    for (const block of message.contentBlocks) {
      if (block.type === "reasoning") seen.reasoning += z.string().parse(block.reasoning);
      if (block.type === "text" && message.id !== undefined) seen.text += z.string().parse(block.text);
    }
  }
  expect(judge("messages", [seen.reasoning, seen.text])).toEqual([]);
});

const chunkSchema = z.object({
  choices: z.array(
    z.object({ delta: z.looseObject({ content: text.optional(), reasoning_content: text.optional() }) }),
  ),
  event: z.object({ data: z.object({ description: text }) }).optional(),
  agentic_rag: z.unknown().optional(),
});

/** Every string in a value but addresses, which are data. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "url" ? [] : textsIn(inner)));
}

const QUESTION = { model: "agentic-rag", messages: [{ role: "user", content: "Q?" }] };

test("/v1, streamed: content, reasoning and notes", async () => {
  const { post } = await startOpenAiServer({ agents: { "agentic-rag": run().agent } });
  const reply = await (await post({ ...QUESTION, stream: true })).text();
  const chunks = [...reply.matchAll(/^data: (\{.*)$/gm)].map(([, json = ""]) =>
    chunkSchema.parse(JSON.parse(json)),
  );
  const joined = (field: "content" | "reasoning_content"): string =>
    chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta[field] ?? "")).join("");
  expect(judge("/v1 streamed: content", [joined("content")])).toEqual([]);
  expect(judge("/v1 streamed: reasoning_content", [joined("reasoning_content")])).toEqual([]);
  const notes = chunks.flatMap(({ event, agentic_rag }) => [...textsIn(event), ...textsIn(agentic_rag)]);
  expect(judge("/v1 streamed: notes", notes)).toEqual([]);
});

test("/v1, whole", async () => {
  const { post } = await startOpenAiServer({ agents: { "agentic-rag": run().agent } });
  const reply: unknown = await (await post(QUESTION)).json();
  expect(judge("/v1 whole", textsIn(reply))).toEqual([]);
});

test("MCP: texts, structured content and progress", async () => {
  const { agent, engine } = run();
  const client = await connect(new StreamableHTTPClientTransport(await startMcpServer({ agent, engine })));
  const progress: string[] = [];
  const research = await client.callTool({ name: "research", arguments: { question: "Q?" } }, undefined, {
    onprogress: ({ message }) => void progress.push(message ?? ""),
  });
  const search = await client.callTool({ name: "search", arguments: { query: "Q" } });
  const contents = z.array(z.object({ text }));
  for (const [tool, result] of [
    ["research", research],
    ["search", search],
  ] as const) {
    const written = contents
      .parse(result.content)
      .map((block) => block.text.replaceAll(/^ *https:\/\/source\.org\/page$/gm, ""));
    expect(judge(`MCP ${tool}: text`, written)).toEqual([]);
    expect(judge(`MCP ${tool}: structured`, textsIn(result.structuredContent))).toEqual([]);
  }
  expect(judge("MCP progress", progress)).toEqual([]);
});

test("the chat model and the tool of other programs", async () => {
  const message = await createAgenticRagChatModel(run().agent).invoke([new HumanMessage("Q?")]);
  expect(judge("chat model", [...textsIn(message.content), ...textsIn(message.response_metadata)])).toEqual(
    [],
  );
  expect(
    judge("research tool", [text.parse(await createResearchTool(run().agent).invoke({ question: "Q?" }))]),
  ).toEqual([]);
});

test("the command line: what a terminal is given; --json is data, escaped for terminals", async () => {
  const { events, state } = await ask(run().agent, "Q?");
  const stage = createStage({ terminal: true });
  const view = createRunView(stage.surroundings, { environment: {}, noColor: true });
  for (const event of events) view.onEvent(event);
  view.close();
  expect(judge("command line: answer", [state.answer])).toEqual([]);
  expect(stage.out()).toContain("It is so [1].");
  expect(COMMANDS.exec(stage.out())?.[0]).toBe(undefined);
});
