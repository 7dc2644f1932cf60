import { createOpenAI } from "@ai-sdk/openai";
import { Agent, run, setDefaultModelProvider, setTracingDisabled } from "@openai/agents-core";
import { OpenAIProvider, webSearchTool } from "@openai/agents-openai";
import { generateText, streamText } from "ai";
import { expect, test } from "vitest";
import { call, served } from "../../../graph/agent.ts";
import { startOpenAiServer } from "../server.ts";

const SAID = [
  `Let me look.\n${call("alpha")}`,
  `And more.\n${call("beta")}`,
  "I know.\n</think>\n\nIt is so [1], and so [2].",
];
const ANSWER = "It is so [[1]](https://example.org/alpha), and so [[2]](https://example.org/beta).";
const URLS = ["https://example.org/alpha", "https://example.org/beta"];

async function answering(times: number) {
  const replies = Array.from({ length: times }, () => SAID.map((text) => ({ text, chunkSize: 4 }))).flat();
  const { agent } = await served([...replies, "Hm.\n</think>\n\nNot found in the sources."]);
  return startOpenAiServer({ agents: { "agentic-rag": agent } });
}

test("the AI SDK's default: text, reasoning, searches as tools of the provider, sources, usage", async () => {
  const { url } = await answering(2);
  const model = createOpenAI({ baseURL: url, apiKey: "none" })("agentic-rag");
  const whole = await generateText({ model, prompt: "Q?", maxRetries: 0 });
  expect([whole.text, whole.finishReason, whole.reasoningText]).toEqual([
    ANSWER,
    "stop",
    "Let me look.\nAnd more.\nI know.\n",
  ]);
  expect(whole.sources.map((source) => source.sourceType === "url" && source.url)).toEqual(URLS);
  expect(whole.usage.totalTokens).toBeGreaterThan(0);
  const result = streamText({ model, prompt: "Q?", maxRetries: 0 });
  const seen = { text: "", queries: [] as unknown[], sources: [] as unknown[] };
  for await (const part of result.fullStream) {
    if (part.type === "text-delta") seen.text += part.text;
    if (part.type === "tool-result") seen.queries.push(part.output);
    if (part.type === "source") seen.sources.push(part.sourceType === "url" && part.url);
  }
  expect(seen).toMatchObject({
    text: ANSWER,
    queries: [{ action: { query: "alpha" } }, { action: { query: "beta" } }],
    sources: URLS,
  });
  const none = await generateText({ model, prompt: "Q?", maxRetries: 0 });
  expect([none.text, none.finishReason]).toEqual(["Not found in the sources.", "other"]);
});

test("OpenAI's agents: whole, streamed, going on from their own history", async () => {
  const { client } = await answering(3);
  setTracingDisabled(true);
  setDefaultModelProvider(new OpenAIProvider({ openAIClient: client, useResponses: true }));
  const agent = new Agent({
    name: "researcher",
    instructions: "Be brief.",
    model: "agentic-rag",
    tools: [webSearchTool()],
  });
  const whole = await run(agent, "Q?");
  expect(whole.finalOutput).toBe(ANSWER);
  const next = await run(agent, [...whole.history, { role: "user", content: "And then?" }]);
  expect(next.finalOutput).toBe(ANSWER);
  const stream = await run(agent, "Q?", { stream: true });
  let text = "";
  for await (const piece of stream.toTextStream()) text += piece;
  await stream.completed;
  expect([text, stream.finalOutput]).toEqual([ANSWER, ANSWER]);
  expect(stream.newItems.map(({ type }) => type)).toEqual([
    "reasoning_item",
    "tool_call_item",
    "reasoning_item",
    "tool_call_item",
    "reasoning_item",
    "message_output_item",
  ]);
  expect((await run(agent, "Q?")).finalOutput).toBe("Not found in the sources.");
});
