import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, test } from "vitest";
import { z } from "zod";
import { runProgram } from "../../src/cli/program.ts";
import { createAgenticRagChatModel } from "../../src/compose/chat-model.ts";
import { createResearchTool } from "../../src/compose/research-tool.ts";
import type { AgenticRag } from "../../src/graph/graph.ts";
import { createStage } from "../cli/surroundings.ts";
import { call, pagesEngine, served, thread } from "../graph/agent.ts";
import { world } from "../servers/world.ts";
import { connect } from "./mcp/client.ts";
import { startMcpServer } from "./mcp/http-server.ts";
import { startOpenAiServer } from "./openai/server.ts";

const SOURCE =
  "The mill at Ardell was built in 1821. It has three floors and 24 windows. Anna Berg sold the mill to Carl Dorn in 1990.";
const found = () => [{ title: "Mill", url: "https://example.org/mill", content: SOURCE }];
const SAID = [
  call("mill"),
  "</think>\n\nThe mill at Ardell was built in 1821 [1]. It has 24 small windows [1]. It has five floors [1]. " +
    "Carl Dorn sold the mill to Anna Berg [1]. It was painted blue in 2004.",
];
const QUESTION = "What of the mill?";
const NOTE = "Sentences of this answer: 1 of 4 cited not supported by what they cite, 1 without a source.";
const LISTED = `Not supported by what is cited: 1 of 4 cited sentences.
- It has five floors. [1]: "five" is not what the source gives

Without a source: 1 sentence.
- It was painted blue in 2004.

The mill`;

const details = z.object({
  citations: z.array(z.object({ verdict: z.string() })),
  uncited: z.array(z.string()),
  note: z.string().optional(),
});
const annotated = z.array(z.object({ url_citation: z.object({ verdict: z.string() }) }));

/** What a door tells of the answer. */
interface Told {
  readonly verdicts: readonly string[];
  readonly uncited: readonly string[];
  readonly note: string | undefined;
}

function toldBy(value: unknown): Told {
  const { citations, uncited, note } = details.parse(value);
  return { verdicts: citations.map(({ verdict }) => verdict), uncited, note };
}

const ALL: Told = {
  verdicts: ["supported", "partly", "unsupported", "unclear"],
  uncited: ["It was painted blue in 2004."],
  note: NOTE,
};

const agentOf = async (): Promise<AgenticRag> => (await served(SAID, found)).agent;

/** The body of `/v1`, or the events of its stream. */
async function overHttp(stream: boolean): Promise<readonly unknown[]> {
  const { post } = await startOpenAiServer({ agents: { "agentic-rag": await agentOf() } });
  const messages = [{ role: "user", content: QUESTION }];
  const text = await (await post({ model: "agentic-rag", messages, stream })).text();
  if (!stream) return [JSON.parse(text)];
  return [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, json = ""]) => JSON.parse(json) as unknown);
}

async function inTerminal(args: readonly string[], terminal: boolean): Promise<string> {
  const { environment } = await world(SAID, found);
  const stage = createStage({ terminal, environment: { ...environment, NO_COLOR: "1" } });
  expect(await runProgram([...args, QUESTION], stage.surroundings)).toBe(0);
  return args.includes("--json") ? stage.out() : stage.err() + stage.out();
}

test("the state of LangGraph and of Studio", async () => {
  const agent = await agentOf();
  await agent.invoke({ question: QUESTION }, thread());
  expect(toldBy((await agent.getState(thread())).values)).toEqual(ALL);
});

test("`--json`", async () => {
  expect(toldBy(JSON.parse(await inTerminal(["--json"], false)))).toEqual(ALL);
});

test("a terminal says it behind what it streamed, and above what it writes as a whole", async () => {
  const streamed = await inTerminal([], true);
  expect(streamed.indexOf("The mill at Ardell")).toBeLessThan(streamed.indexOf(NOTE));
  const whole = await inTerminal([], false);
  expect(whole.indexOf(NOTE)).toBeGreaterThan(-1);
  expect(whole.indexOf(NOTE)).toBeLessThan(whole.indexOf("The mill at Ardell"));
  for (const shown of [streamed, whole]) {
    expect(shown).toContain(
      'Not supported by [1]: It has five floors. ("five" is not what the source gives)',
    );
    expect(shown).toContain("Without a source: It was painted blue in 2004.");
  }
});

test("`/v1`, as a whole", async () => {
  const [body] = await overHttp(false);
  const reply = z.object({
    choices: z.tuple([z.object({ message: z.object({ annotations: annotated }) })]),
    agentic_rag: details,
  });
  const { choices, agentic_rag } = reply.parse(body);
  expect(toldBy(agentic_rag)).toEqual(ALL);
  const verdicts = choices[0].message.annotations.map(({ url_citation }) => url_citation.verdict);
  expect(verdicts).toEqual(ALL.verdicts);
});

test("`/v1`, streamed: a status line, which chat interfaces show above the answer, says it too", async () => {
  const chunk = z.object({
    choices: z.array(z.object({ delta: z.object({ annotations: annotated.optional() }) })),
    agentic_rag: z.unknown().optional(),
    event: z.object({ type: z.string(), data: z.object({ description: z.string() }) }).optional(),
  });
  const chunks = (await overHttp(true)).map((each) => chunk.parse(each));
  const annotations = chunks.flatMap(({ choices }) =>
    choices.flatMap(({ delta }) => delta.annotations ?? []),
  );
  expect(annotations.map(({ url_citation }) => url_citation.verdict)).toEqual(ALL.verdicts);
  expect(toldBy(chunks.at(-1)?.agentic_rag)).toEqual(ALL);
  expect(chunks.flatMap(({ event }) => event?.data.description ?? []).at(-1)).toBe(NOTE);
});

test("MCP: above the text, and in the structured content", async () => {
  const address = await startMcpServer({ agent: await agentOf(), engine: pagesEngine() });
  const client = await connect(new StreamableHTTPClientTransport(address));
  const result = await client.callTool({ name: "research", arguments: { question: QUESTION } });
  const { content, structuredContent } = z
    .object({ content: z.tuple([z.object({ text: z.string() })]), structuredContent: z.unknown() })
    .parse(result);
  expect(toldBy(structuredContent)).toEqual({ ...ALL, note: undefined });
  expect(content[0].text.slice(0, LISTED.length)).toBe(LISTED);
});

test("LangChain's tool: above the text, and in the artifact", async () => {
  const tool = createResearchTool(await agentOf());
  const toolCall = { type: "tool_call" as const, id: "1", name: "research", args: { question: QUESTION } };
  const { content, artifact } = z
    .object({ content: z.string(), artifact: z.unknown() })
    .parse(await tool.invoke(toolCall));
  expect(toldBy(artifact)).toEqual({ ...ALL, note: undefined });
  expect(content.slice(0, LISTED.length)).toBe(LISTED);
});

test("LangChain's chat model: in the annotations, and with the message", async () => {
  const message = await createAgenticRagChatModel(await agentOf()).invoke(QUESTION);
  const text = message.contentBlocks.find(({ type }) => type === "text");
  const { annotations } = z.object({ annotations: z.array(z.object({ verdict: z.string() })) }).parse(text);
  const { uncited, note } = message.response_metadata;
  expect({ verdicts: annotations.map(({ verdict }) => verdict), uncited, note }).toEqual(ALL);
});
