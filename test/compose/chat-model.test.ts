import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type AIMessageChunk,
  type BaseMessage,
} from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { MemorySaver } from "@langchain/langgraph";
import { createAgent } from "langchain";
import { expect, test } from "vitest";
import { z } from "zod";
import { createAgenticRagChatModel } from "../../src/compose/chat-model.ts";
import { call, scripted, served, thread } from "../graph/agent.ts";
import { knownPages, open, paged } from "../graph/pages/paged.ts";

const SAID = [
  `Let me look.\n${call("a")}`,
  "I know.\n</think>\n\nIt is **7** [1], see [that](https://evil.example/x).",
];
const ANSWER = "It is **7** [[1]](https://example.org/a), see that (unverified link removed).";
const FINAL = {
  content: [
    { type: "reasoning", reasoning: "Let me look.\nI know.\n" },
    {
      type: "text",
      text: ANSWER,
      annotations: [
        {
          type: "citation",
          url: "https://example.org/a",
          title: "About a",
          startIndex: 12,
          endIndex: 40,
        },
      ],
    },
  ],
  response_metadata: {
    answered: true,
    stopReason: "answered",
    sources: [{ number: 1, title: "About a", url: "https://example.org/a" }],
    searches: [{ query: "a", engine: "pages", status: "found", sources: [1] }],
  },
};

test("the message has the reasoning, the answer, and its citations as annotations", async () => {
  const message = await createAgenticRagChatModel(scripted(SAID).agent).invoke("Q?");
  expect(AIMessage.isInstance(message)).toBe(true);
  expect(message.text).toBe(ANSWER);
  expect(ANSWER.slice(12, 40)).toBe("[[1]](https://example.org/a)");
  expect(message).toMatchObject(FINAL);
  expect(message.contentBlocks).toMatchObject(FINAL.content);
});

test("what is streamed is typed, begins early, and is the message when it is joined", async () => {
  const { agent, completions } = await served(SAID.map((text) => ({ text, chunkSize: 3, apart: true })));
  const pieces: string[] = [];
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await createAgenticRagChatModel(agent).stream("Q?")) {
    whole = whole === undefined ? chunk : whole.concat(chunk);
    for (const block of chunk.contentBlocks) {
      if (block.type === "reasoning") pieces.push(`${completions.requests.length} reasoning`);
      if (block.type === "text" && block.text !== "") pieces.push(`${completions.requests.length} text`);
    }
  }
  expect([...new Set(pieces)]).toEqual(["1 reasoning", "2 reasoning", "2 text"]);
  expect(pieces.length).toBeGreaterThan(8);
  expect(whole?.text).toBe(ANSWER);
  expect(whole?.content).toMatchObject(FINAL.content);
  expect(whole?.response_metadata).toMatchObject({ answered: true, stopReason: "answered" });
  const { promptTokens, completionTokens } = {
    promptTokens: expect.any(Number),
    completionTokens: expect.any(Number),
  };
  expect(whole?.usage_metadata).toMatchObject({
    input_tokens: promptTokens,
    output_tokens: completionTokens,
  });
});

test("the citation of an opened page is linked while it is streamed, and annotated", async () => {
  const { agent } = paged(
    [call("a"), open("https://example.org/a"), "</think>\n\nIt says so [1], and so [2]."],
    {
      pageReader: knownPages((url) => ({ url: `${url}/whole` })).reader,
    },
  );
  const model = createAgenticRagChatModel(agent, { context: { maxPages: 1 } });
  const answer = "It says so [[1]](https://example.org/a), and so [[2]](https://example.org/a/whole).";
  const { text, content } = await model.invoke("Q?");
  expect(text).toBe(answer);
  expect(content).toMatchObject([
    {
      type: "text",
      text: answer,
      annotations: [{ title: "About a" }, { title: "Page `https://example.org/a`" }],
    },
  ]);
});

test("the conversation: instructions before our own, tool traffic left out", async () => {
  const { agent, model } = scripted(["</think>\n\nIn 1990."]);
  await createAgenticRagChatModel(agent).invoke([
    new SystemMessage("Be brief."),
    new HumanMessage("Who wrote it?"),
    new AIMessage({ content: "", tool_calls: [{ id: "1", name: "x", args: {} }] }),
    new ToolMessage({ tool_call_id: "1", content: "noise" }),
    new AIMessage("Ann."),
    new HumanMessage("When?"),
  ]);
  const { prompt } = model.calls[0]!;
  expect(prompt).toContain(
    "<|im_start|>user\nWho wrote it?<|im_end|>\n<|im_start|>assistant\nAnn.<|im_end|>\n<|im_start|>user\nWhen?<|im_end|>\n",
  );
  expect(prompt).toMatch(/^<\|im_start\|>system\nBe brief\.\n\nYou are a research assistant\. /);
  expect(prompt).not.toContain("noise");
  await expect(createAgenticRagChatModel(agent).invoke([new AIMessage("Hm.")])).rejects.toMatchObject({
    code: "settings-invalid",
  });
});

test("settings of its runs", async () => {
  const { agent, asked } = scripted([call("a"), "</think>\n\nEnough."]);
  const message = await createAgenticRagChatModel(agent, { context: { maxSearches: 0 } }).invoke("Q?");
  expect(message).toMatchObject({ response_metadata: { stopReason: "search-budget" } });
  expect(asked).toEqual([]);
});

test("a run without an answer is a message that says so, an endpoint that fails is an error", async () => {
  const { agent } = scripted(["", "", "", ""]);
  expect(await createAgenticRagChatModel(agent).invoke("Q?")).toMatchObject({
    text: expect.stringMatching(/^There is no answer: /),
    response_metadata: { answered: false, stopReason: "no-answer" },
  });
  const { agent: broken } = await served([{ status: 401, body: "no" }]);
  await expect(createAgenticRagChatModel(broken).invoke("Q?")).rejects.toMatchObject({
    name: "AgenticRagError",
    code: "model-unauthorized",
  });
});

test.each(["invoke", "stream"] as const)("an abort of %s closes the connection", async (way) => {
  const { agent, completions } = await served([
    { text: "Thinking about it.", chunkSize: 5, fault: { kind: "stall", after: 300 } },
  ]);
  const stop = new AbortController();
  const model = createAgenticRagChatModel(agent);
  const seen: string[] = [];
  const ask = async (): Promise<void> => {
    if (way === "invoke") await model.invoke("Q?", { signal: stop.signal });
    else for await (const chunk of await model.stream("Q?", { signal: stop.signal })) seen.push(chunk.text);
  };
  const asked = ask().then(() => "ended", String);
  await expect.poll(() => completions.requests.length).toBe(1);
  stop.abort();
  expect(await asked).toMatch(/abort/i);
  expect(await completions.requests[0]!.closedEarly).toBe(true);
});

test("whoever stops reading the stream ends the run", async () => {
  const { agent, completions } = await served([
    { text: "Thinking about it.", chunkSize: 5, fault: { kind: "stall", after: 800 } },
  ]);
  for await (const chunk of await createAgenticRagChatModel(agent).stream("Q?")) {
    if (chunk.contentBlocks.length > 0) break;
  }
  expect(await completions.requests[0]!.closedEarly).toBe(true);
});

test("as the model of an agent its tokens are streamed once, and its steps under its task", async () => {
  const { agent } = scripted(SAID);
  const team = createAgent({
    model: createAgenticRagChatModel(agent),
    tools: [],
    systemPrompt: "Be brief.",
    checkpointer: new MemorySaver(),
  });
  let text = "";
  for await (const [message] of await team.stream(
    { messages: [new HumanMessage("Q?")] },
    { ...thread(), streamMode: "messages", recursionLimit: 6 },
  )) {
    text += message.text;
  }
  expect(text).toBe(ANSWER);
  const { messages } = (await team.graph.getState(thread())).values as { messages: BaseMessage[] };
  expect(messages.map((message) => message.text)).toEqual(["Q?", ANSWER]);
  expect(messages.at(-1)).toMatchObject(FINAL);
});

const eventSchema = z.object({ type: z.string() });

test("the steps and events of the agent within", async () => {
  const team = createAgent({ model: createAgenticRagChatModel(scripted(SAID).agent), tools: [] });
  const seen: string[] = [];
  for await (const [namespace, mode, data] of await team.stream(
    { messages: [new HumanMessage("Q?")] },
    { streamMode: ["updates", "custom"], subgraphs: true },
  )) {
    const place = namespace.map((name) => name.replace(/:.*/, "")).join("/");
    if (mode === "updates") seen.push(`${place} ${Object.keys(data).join()}`);
    else {
      const { type } = eventSchema.parse(data);
      if (type.startsWith("search-")) seen.push(`${place} ${type}`);
    }
  }
  expect(seen).toEqual([
    "model_request generate",
    "model_request parse-tool-call",
    "model_request search-start",
    "model_request search-end",
    "model_request web-search",
    "model_request generate",
    "model_request finalize",
    " model_request",
  ]);
});

test("it takes no tools, and says what to use instead", async () => {
  const model = createAgenticRagChatModel(scripted([]).agent);
  expect(model.bindTools([])).toBe(model);
  const clock = tool(() => "12", { name: "clock", schema: z.object({}) });
  expect(() => model.bindTools([clock])).toThrow(/createResearchTool\(agent\)/);
  await expect(
    createAgent({ model, tools: [clock] }).invoke({ messages: [new HumanMessage("Q?")] }),
  ).rejects.toThrow(/calls no other tools/);
});
