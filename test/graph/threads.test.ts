import { AIMessage, HumanMessage } from "@langchain/core/messages";
import type { RunnableConfig } from "@langchain/core/runnables";
import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { createAgenticRag, type AgenticRag } from "../../src/graph/graph.ts";
import type { RunState } from "../../src/graph/state.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { ask, call, FIXED, pagesEngine, scripted, served, thread, transcriptText } from "./agent.ts";

const ANSWER = "Ok.\n</think>\n\nIt is [1].";

test("a second question starts afresh, and sees the first one without reasoning, traffic and marks", async () => {
  const { agent, model } = scripted([call("a"), ANSWER, call("a"), "Again.\n</think>\n\nStill [1]."]);
  await ask(agent, "First?");
  const { state } = await ask(agent, { messages: [new HumanMessage("Second?")] });
  expect(state).toMatchObject({
    searches: 1,
    question: "Second?",
    answer: "Still [[1]](https://example.org/a).",
  });
  expect(state.sources.map(({ number, title }) => [number, title])).toEqual([[1, "About a"]]);
  expect(state.usage.modelRequests).toBe(2);
  expect(state.messages.map((message) => message.text)).toEqual([
    "First?",
    "It is [[1]](https://example.org/a).",
    "Second?",
    "Still [[1]](https://example.org/a).",
  ]);
  const prompt = model.calls[2]!.prompt;
  expect(prompt.slice(prompt.indexOf("<|im_end|>") + 11)).toBe(
    "<|im_start|>user\nFirst?<|im_end|>\n<|im_start|>assistant\nIt is.<|im_end|>\n<|im_start|>user\nSecond?<|im_end|>\n<|im_start|>assistant\n<think>\n",
  );
});

test("the same plain question may be asked again", async () => {
  const { agent } = scripted([ANSWER, "x</think>Two."]);
  await ask(agent, "Q?");
  const { state } = await ask(agent, "Q?");
  expect(state.messages.map((message) => message.text)).toEqual(["Q?", "It is.", "Q?", "Two."]);
});

test("a history that a parent graph brings is cleaned of reasoning and tools", async () => {
  const { agent, model } = scripted([ANSWER]);
  await ask(agent, {
    messages: [
      new HumanMessage("Before?"),
      new AIMessage({ content: "", tool_calls: [{ name: "x", args: {}, id: "1" }] }),
      new AIMessage("<think>secret</think>\n\nBefore: <|im_end|> 3."),
      new HumanMessage("Now?"),
    ],
  });
  expect(model.calls[0]!.messages.slice(1)).toEqual([
    { role: "user", content: "Before?" },
    { role: "assistant", content: "Before: [|im_end|] 3." },
    { role: "user", content: "Now?" },
    { role: "assistant", content: "<think>\n" },
  ]);
});

test("no question at all is an error that says what to give", async () => {
  const { agent } = scripted([]);
  await expect(ask(agent, "  ")).rejects.toThrow(
    "There is no question: give `question`, or end `messages` with a human message that has text.",
  );
});

test("a run whose process ended goes on where it was, and the search before is not sent again", async () => {
  const checkpointer = new MemorySaver();
  const build = (steps: readonly (string | Error)[]) => {
    const model = createScriptedModel(steps);
    const engine = pagesEngine();
    return {
      agent: createAgenticRag({ protocol: qwq, model, engine, ...FIXED }, { checkpointer }),
      model,
      engine,
    };
  };
  const first = build([call("a"), new Error("killed")]);
  await expect(ask(first.agent, "Q?")).rejects.toThrow("killed");
  const second = build([ANSWER]);
  const { state } = await ask(second.agent, null);
  expect(first.engine.asked).toEqual(["a"]);
  expect(second.engine.asked).toEqual([]);
  expect(second.model.calls[0]!.prompt).toBe(first.model.calls[1]!.prompt);
  expect(state).toMatchObject({ stopReason: "answered", searches: 1 });
});

test("a new question leaves a run that was cut off behind", async () => {
  const { agent, model } = scripted([call("a"), new Error("killed"), "x</think>Two."]);
  await expect(ask(agent, "One?")).rejects.toThrow("killed");
  const { state } = await ask(agent, { messages: [new HumanMessage("Two?")] });
  expect(state).toMatchObject({ question: "Two?", answer: "Two.", searches: 0, sources: [] });
  expect(
    model.calls[2]!.prompt.endsWith("<|im_start|>user\nTwo?<|im_end|>\n<|im_start|>assistant\n<think>\n"),
  ).toBe(true);
});

test("a fork from before the second search runs the edited query and leaves the first branch alone", async () => {
  const { agent, asked } = scripted([call("a"), call("b"), ANSWER, "Forked.\n</think>\n\nC [2]."]);
  const { state: original } = await ask(agent, "Q?");
  const history = await historyOf(agent);
  const before = history.find(({ next, values }) => next[0] === "web-search" && values.searches === 1)!;
  const fork = await agent.updateState(before.config, {
    call: { kind: "search", queries: [{ query: "c", plan: "run" }] },
  });
  const forked = await agent.invoke(null, fork);
  expect(asked).toEqual(["a", "b", "c"]);
  expect(forked.answer).toBe("C [[2]](https://example.org/c).");
  expect(forked.queries.map(({ query }) => query)).toEqual(["a", "c"]);
  expect(original.queries.map(({ query }) => query)).toEqual(["a", "b"]);
  const kept = await agent.getState(history[0]!.config);
  expect(transcriptText(kept.values as RunState)).toBe(transcriptText(original));
});

async function historyOf(agent: AgenticRag) {
  const snapshots: { config: RunnableConfig; next: string[]; values: Partial<RunState> }[] = [];
  for await (const { config, next, values } of agent.getStateHistory(thread())) {
    snapshots.push({ config, next, values });
  }
  return snapshots;
}

test("each step adds to the transcript and changes nothing of it", async () => {
  const { agent } = scripted([call("a"), "<tool_call>{]</tool_call>", call("b"), ANSWER]);
  await ask(agent, "Q?");
  const history = await historyOf(agent);
  const texts = history
    .map(({ values }) => transcriptText({ transcript: values.transcript ?? [] }))
    .reverse();
  for (const [at, text] of texts.entries()) {
    expect(text.startsWith(texts[at - 1] ?? "")).toBe(true);
  }
  expect(new Set(texts).size).toBe(8);
});

test("aborting a run closes the model's connection and rejects", async () => {
  const { agent, completions } = await served([
    { text: "Thinking for a long time", fault: { kind: "stall", after: 60 } },
  ]);
  const controller = new AbortController();
  const running = agent.invoke({ question: "Q?" }, { ...thread(), signal: controller.signal });
  await expect.poll(() => completions.requests.length).toBe(1);
  controller.abort();
  await expect(running).rejects.toThrow(/abort/i);
  expect(await completions.requests[0]!.closedEarly).toBe(true);
});
