import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { createResearchAgent } from "../../../src/compose/research-agent.ts";
import { protocols } from "../../../src/protocol/index.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { call, thread } from "../agent.ts";
import { open } from "../pages/paged.ts";
import { drawing, drawn } from "./drawn.ts";
import { isPaired } from "./paired.ts";
import { ANSWER, RUNS } from "./runs.ts";

const TWO = [`Let me look.\n${call("a")}`, `More.\n${call(["b", "c"])}`, ANSWER];

test("each step of a run is a message: reasoning with its calls, sources, the answer with its reasoning", async () => {
  const { agent } = drawing(TWO);
  const { messages } = await agent.invoke({ question: "Q?" }, thread());
  expect(drawn(messages)).toEqual([
    "human: Q?",
    "ai: (Let me look.\n) web_search(a)",
    "tool success: 1 About a",
    "ai: (More.\n) web_search(b) web_search(c)",
    "tool success: 2 About b",
    "tool success: 3 About c",
    "ai: (I know.\n) It is **7** [[1]](https://example.org/a).",
  ]);
  expect(isPaired(messages)).toBe(true);
  expect(JSON.parse(messages[2]!.text)).toEqual([
    { number: 1, title: "About a", url: "https://example.org/a", text: "All about a." },
  ]);
  expect(messages.at(-1)).toMatchObject({
    response_metadata: { answered: true, stopReason: "answered", model_name: "scripted" },
    usage_metadata: { output_tokens: expect.any(Number) },
  });
  expect(messages.at(-1)!.response_metadata).not.toHaveProperty("unchecked");
});

test("a stream and the state share their ids, and each state has all that was streamed before it", async () => {
  const { agent } = drawing(TWO);
  const streamed = new Map<string, AIMessageChunk>();
  const whole = new Set<string>();
  const missing: string[] = [];
  let last: readonly BaseMessage[] = [];
  for await (const [mode, data] of await agent.stream(
    { question: "Q?" },
    { ...thread(), streamMode: ["messages", "values"] },
  )) {
    if (mode === "values") {
      last = (data as RunState).messages;
      const known = last.map(({ id }) => id);
      missing.push(...[...streamed.keys()].filter((id) => !known.includes(id)));
    } else {
      const [message] = data as [BaseMessage, unknown];
      if (!AIMessageChunk.isInstance(message)) whole.add(message.id!);
      else streamed.set(message.id!, streamed.get(message.id!)?.concat(message) ?? message);
    }
  }
  expect(missing).toEqual([]);
  const said = last.filter((each) => AIMessage.isInstance(each));
  expect([...streamed.keys()]).toEqual(said.map(({ id }) => id));
  for (const message of last.filter((each) => each.getType() === "tool")) expect(whole).toContain(message.id);
  for (const message of said.slice(0, 2)) {
    const { contentBlocks, tool_calls: calls } = streamed.get(message.id!)!;
    const reasoning = contentBlocks
      .map((block) => (block.type === "reasoning" ? block.reasoning : ""))
      .join("");
    expect(drawn([message])).toEqual(
      drawn([new AIMessage({ content: [{ type: "reasoning", reasoning }], tool_calls: calls! })]),
    );
    expect(message.tool_calls).toEqual(calls);
  }
});

describe.each(Object.entries(RUNS))("%s", (_name, { steps, parts, drawn: expected }) => {
  test("is drawn, with each call answered", async () => {
    const { agent } = drawing(steps, parts);
    const { messages } = await agent.invoke({ question: "Q?" }, thread());
    expect(drawn(messages)).toEqual(expected);
    expect(isPaired(messages)).toBe(true);
    expect(JSON.stringify(messages)).not.toContain("sk-canary");
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
  });

  test("is the same to the model as without that, then and later", async () => {
    const talks = [];
    for (const stepMessages of [true, false]) {
      const { agent, model } = drawing([...steps, "</think>\n\nSo it is."], {
        ...parts,
        limits: { ...parts?.limits, stepMessages },
      });
      await agent.invoke({ question: "Q?" }, thread());
      const { messages } = await agent.invoke(
        { messages: [{ role: "user", content: "And then?" }] },
        thread(),
      );
      expect(isPaired(messages)).toBe(true);
      talks.push({
        types: messages.map(({ type }) => type),
        prompts: model.calls.map(({ prompt }) => prompt),
      });
    }
    expect(talks[0]!.prompts).toEqual(talks[1]!.prompts);
    expect(talks[1]!.types).toEqual(["human", "ai", "human", "ai"]);
  });
});

test("pages and their failures, in the protocol that opens them", async () => {
  const { agent } = drawing(
    [call("a"), open("https://example.org/a"), open("https://elsewhere.example/x"), ANSWER],
    {
      limits: { maxPages: 2 },
      pageReader: {
        name: "reader",
        read: async (url) => ({ status: "read", page: { title: "The page", url, text: "All.", links: [] } }),
      },
    },
  );
  const { messages } = await agent.invoke({ question: "Q?" }, thread());
  expect(drawn(messages).slice(3, -1)).toEqual([
    "ai: open_url(https://example.org/a)",
    "tool success: 1 The page",
    "ai: open_url(https://elsewhere.example/x)",
    "tool error: It was not opened: no source, no opened page and no user gave this address.",
  ]);
  expect(isPaired(messages)).toBe(true);
});

test("what a source says is cut short and cannot act where it is drawn", async () => {
  const result = {
    title: `![x](https://evil.example/p.png) ${"title ".repeat(60)}`,
    url: "https://example.org/a",
    text: `<img src=x onerror=alert(1)> [click](javascript:alert(1)) ${"text ".repeat(5000)}`,
  };
  const engine = { name: "pages", search: async () => ({ status: "found" as const, results: [result] }) };
  const { agent } = drawing([call("a"), ANSWER], { engine });
  const { messages } = await agent.invoke({ question: "Q?" }, thread());
  const [row] = JSON.parse(messages[2]!.text) as { title: string; text: string }[];
  expect([row!.title.length, row!.text.length]).toEqual([201, 301]);
  expect(messages[2]!.text).not.toMatch(/<img|!\[|\]\(/);
});

test("another protocol's run", async () => {
  const { agent } = drawing(["Look. <search>a</search>", "So. <answer>Seven [1]</answer>"], {
    protocol: protocols["search-r1"],
  });
  const { messages } = await agent.invoke({ question: "Q?" }, thread());
  expect(isPaired(messages)).toBe(true);
  expect(drawn(messages).slice(0, 3)).toEqual([
    "human: Q?",
    "ai: (Look. ) web_search(a)",
    "tool success: 1 About a",
  ]);
});

test("a run inside another graph keeps none", async () => {
  const { agent } = drawing(TWO);
  const parent = new StateGraph(MessagesAnnotation)
    .addNode("agent", agent)
    .addEdge(START, "agent")
    .compile({ checkpointer: new MemorySaver() });
  const asked = { messages: [{ role: "user" as const, content: "Q?" }] };
  const inside = await parent.invoke(asked, thread());
  expect(inside.messages.map(({ type }) => type)).toEqual(["human", "ai"]);
  const member = createResearchAgent(drawing(TWO).agent, { name: "research" });
  expect((await member.invoke(asked)).messages.map(({ type }) => type)).toEqual(["human", "ai"]);
});

test("a run that asks for none keeps none", async () => {
  const { agent } = drawing(TWO);
  const { messages } = await agent.invoke(
    { question: "Q?" },
    { ...thread(), context: { stepMessages: false } as never },
  );
  expect(drawn(messages)).toEqual(["human: Q?", "ai: It is **7** [[1]](https://example.org/a)."]);
});
