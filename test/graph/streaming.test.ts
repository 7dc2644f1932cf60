import { AIMessageChunk } from "@langchain/core/messages";
import { expect, test } from "vitest";
import type { AgenticRag } from "../../src/graph/graph.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { ask, call, scripted, served, thread } from "./agent.ts";

const SAID = [`Let me look.\n${call("a")}`, "I know.\n</think>\n\nIt is **7** [1]."];

test("the events of a run, one by one", async () => {
  const { agent } = scripted(SAID);
  const { events } = await ask(agent, "Q?");
  const left = { tokens: expect.any(Number), seconds: 600 };
  expect(events).toEqual([
    {
      type: "run-start",
      question: "Q?",
      protocol: "qwq",
      model: "scripted",
      family: "scripted",
      engine: "pages",
    },
    { type: "reasoning-delta", text: "Let me look.\n" },
    { type: "budget-left", left: { searches: 5, ...left } },
    { type: "tool-call", queries: ["a"] },
    { type: "search-start", query: "a", engine: "pages" },
    {
      type: "search-end",
      query: "a",
      engine: "pages",
      status: "found",
      sources: [{ number: 1, title: "About a", url: "https://example.org/a" }],
      attempts: [
        {
          engine: "pages",
          from: "engine",
          status: "found",
          kind: "",
          reason: "",
          waitedMs: 0,
          milliseconds: 0,
        },
      ],
      milliseconds: 0,
    },
    { type: "budget-left", left: { searches: 4, ...left } },
    { type: "reasoning-delta", text: "I know.\n" },
    { type: "answer-delta", text: "It is **7** [1]" },
    { type: "answer-delta", text: "." },
    { type: "budget-left", left: { searches: 4, ...left } },
    {
      type: "answer-end",
      answer: "It is **7** [[1]](https://example.org/a).",
      answered: true,
      citations: [
        {
          number: 1,
          title: "About a",
          url: "https://example.org/a",
          sentence: "It is **7**.",
          known: true,
          verdict: "unsupported",
          checks: [{ check: "figures", result: "fail", words: ["7"] }],
          overlap: 0,
          citedText: "",
          start: 0,
          end: 0,
          redundant: false,
        },
      ],
      uncited: [],
      stopReason: "answered",
    },
  ]);
});

test("in messages mode reasoning, calls and the answer are typed, and no tag is in any of them", async () => {
  const { agent } = await served(SAID.map((text) => ({ text, chunkSize: 1 })));
  const blocks = { reasoning: "", text: "" };
  const calls: unknown[] = [];
  const ids = new Set<string>();
  for await (const [message] of await agent.stream(
    { question: "Q?" },
    { ...thread(), streamMode: "messages" },
  )) {
    if (!AIMessageChunk.isInstance(message)) continue;
    ids.add(message.id!);
    for (const block of message.contentBlocks) {
      if (block.type === "reasoning") blocks.reasoning += block.reasoning;
      if (block.type === "text") blocks.text += block.text;
    }
    calls.push(...(message.tool_call_chunks ?? []).map(({ name, args }) => [name, args]));
  }
  expect(blocks).toEqual({ reasoning: "Let me look.\nI know.\n", text: "It is **7** [1]." });
  expect(calls).toEqual([["web_search", '{"query":"a"}']]);
  const { values } = await agent.getState(thread());
  expect(ids.size).toBe(2);
  expect([...ids]).toContain(values.messages.at(-1).id);
});

/** What a client of messages mode sees: reasoning, text, and tool calls. */
async function messagesOf(agent: AgenticRag) {
  const seen = { reasoning: "", text: "", calls: [] as unknown[] };
  for await (const [message] of await agent.stream(
    { question: "Q?" },
    { ...thread(), streamMode: "messages" },
  )) {
    if (!AIMessageChunk.isInstance(message)) continue;
    for (const block of message.contentBlocks) {
      if (block.type === "reasoning") seen.reasoning += block.reasoning;
      if (block.type === "text") seen.text += block.text;
    }
    seen.calls.push(...(message.tool_call_chunks ?? []).map(({ name, args }) => [name, args]));
  }
  return seen;
}

test.each([
  ["leads up to a call", [`Hm.\n</think>\n\nI look it up.\n${call("a")}`, "So.\n</think>\n\nIt is 7 [1]."], "So.\n"],
  ["was thought on behind", [call("a"), "Hm.\n</think>\n\nI look it up.\n</think>\n\nIt is 7 [1]."], ""],
])("in messages mode text that %s is reasoning", async (_, said, more) => {
  for (const chunkSize of [1, 1000]) {
    const { agent } = await served(said.map((text) => ({ text, chunkSize })));
    expect(await messagesOf(agent)).toEqual({
      reasoning: `Hm.\nI look it up.\n${more}`,
      text: "It is 7 [1].",
      calls: [["web_search", '{"query":"a"}']],
    });
  }
}); // prettier-ignore

test("in messages mode a call is told that goes on behind a tag in its query", async () => {
  const query = "what </tool_call> and <tool_response> mean";
  for (const stop of ["ignore", "include", "exclude"] as const) {
    const text = `Hm.\n${call(query)}`;
    const rest = (prompt: string): string => text.slice(prompt.split("<think>\n").at(-1)?.length);
    const last = "</think>\n\nIt is 7 [1].";
    const steps = stop === "ignore" ? [rest, last] : [rest, rest, last];
    const { agent } = scripted([], { model: createScriptedModel(steps, { stop }) });
    const { calls, text: answer } = await messagesOf(agent);
    expect([calls, answer]).toEqual([[["web_search", JSON.stringify({ query })]], "It is 7 [1]."]);
  }
});

test("the answer begins to stream before the model has finished", async () => {
  const { agent, completions } = await served([
    { text: "x\n</think>\n\nThe beginning of it", chunkSize: 4, fault: { kind: "stall", after: 1800 } },
  ]);
  const stream = await agent.stream({ question: "Q?" }, { ...thread(), streamMode: "custom" });
  let answer = "";
  for await (const event of stream) {
    if (event.type === "answer-delta") answer += event.text;
    if (answer !== "") break;
  }
  expect("The beginning of it".startsWith(answer.trim())).toBe(true);
  expect(await completions.requests[0]!.closedEarly).toBe(true);
});

test("no stream shows an image, HTML or what acts on a terminal, and reasoning no link", async () => {
  const evil = "![a](https://evil.example/i) <img src=x> \u001B]8;;u\u001B\\ \u202Eb";
  const replies = [{ text: `${evil} [l](https://evil.example)\n</think>\n\nSo ${evil} [1].`, chunkSize: 1 }];
  for (const streamMode of ["messages", "custom"] as const) {
    const { agent } = await served(replies);
    const seen = { reasoning: "", text: "" };
    for await (const item of await agent.stream({ question: "Q?" }, { ...thread(), streamMode })) {
      if (streamMode === "custom" && item.type === "reasoning-delta") seen.reasoning += item.text;
      if (streamMode === "custom" && item.type === "answer-delta") seen.text += item.text;
      const [message] = streamMode === "messages" ? item : [];
      if (!AIMessageChunk.isInstance(message)) continue;
      for (const block of message.contentBlocks) {
        if (block.type === "reasoning") seen.reasoning += block.reasoning;
        if (block.type === "text") seen.text += block.text;
      }
    }
    expect(seen).toEqual({
      reasoning: "a < img src=x> ]8;;u\\ b l `https://evil.example`\n",
      text: "So a < img src=x> ]8;;u\\ b [1].",
    });
  }
});

test("a key that an engine's words quote reaches no event and no state", async () => {
  const failure = {
    kind: "unauthorized" as const,
    message: "Bearer canary-123456 and tvly-canary1 are wrong.",
  };
  const engine = {
    name: "mine",
    search: async () => ({
      status: "failed" as const,
      failure,
      attempts: [
        {
          engine: "mine",
          from: "engine" as const,
          status: "failed" as const,
          failure,
          waitedMs: 0,
          milliseconds: 0,
        },
      ],
    }),
  };
  const { agent } = scripted([call("a"), "</think>\n\nNo."], { engine });
  const { events } = await ask(agent, "Q?");
  const { values } = await agent.getState(thread());
  const kept = JSON.stringify([events, values]);
  expect(kept).toContain("Bearer [hidden] and [hidden] are wrong.");
  expect(kept).not.toContain("canary");
});
