import { InMemoryStore, MemorySaver, Send, StateGraph, START, StateSchema } from "@langchain/langgraph";
import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createAgenticRag, type AgenticRag } from "../../src/graph/graph.ts";
import { journaled } from "../../src/graph/journaled.ts";
import type { RunState } from "../../src/graph/state.ts";
import { createScriptedModel, type ScriptedStep } from "../../src/model/scripted.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import type { SearchEngine } from "../../src/search/engine.ts";
import { call, FIXED, pagesEngine, thread, transcriptText } from "./agent.ts";

const ANSWER = "Ok.\n</think>\n\nIt is [1].";

/** What a model says whose every run is one search. */
function searchOnce(prompt: string): string {
  return prompt.includes("All about a.") ? ANSWER : call("a");
}

/** A saver that loses what the search step wrote, once: the process ended before it. */
function forgetful(): MemorySaver {
  const saver = new MemorySaver();
  const putWrites = saver.putWrites.bind(saver);
  let left = 1;
  saver.putWrites = async (config, writes, taskId) => {
    const isSearch =
      writes.some(([channel]) => channel === "queries") && writes.some(([channel]) => channel === "searches");
    const isOpening = writes.some(([channel]) => channel === "opening");
    if (isSearch && !isOpening && left > 0) {
      left -= 1;
      throw new Error("killed");
    }
    return putWrites(config, writes, taskId);
  };
  return saver;
}

function build(steps: readonly ScriptedStep[], keep: { checkpointer: MemorySaver; store?: InMemoryStore }) {
  const engine = pagesEngine();
  const model = createScriptedModel(steps);
  const agent = createAgenticRag({ protocol: qwq, model, engine, ...FIXED }, keep);
  return { agent, model, asked: engine.asked };
}

async function run(
  agent: AgenticRag,
  input: Parameters<AgenticRag["invoke"]>[0],
  id = "thread",
): Promise<RunState> {
  await agent.invoke(input, { ...thread(id), durability: "sync" });
  return (await agent.getState(thread(id))).values as RunState;
}

/** How each search of a run was answered. */
function triesOf({ queries }: RunState): readonly string[][] {
  return queries.map(({ attempts }) => attempts.map(({ from, status }) => `${from} ${status}`));
}

describe("a search step that was cut off after its answer", () => {
  test("is run again without sending the search, and the run goes on as it would have", async () => {
    const golden = build([call(["a", "b"]), ANSWER], { checkpointer: new MemorySaver() });
    const undisturbed = await run(golden.agent, { question: "Q?" });

    const keep = { checkpointer: forgetful(), store: new InMemoryStore() };
    const first = build([call(["a", "b"]), ANSWER], keep);
    await expect(run(first.agent, { question: "Q?" })).rejects.toThrow("killed");
    expect(first.asked).toEqual(["a", "b"]);
    const second = build([ANSWER], keep);
    const state = await run(second.agent, null);
    expect(second.asked).toEqual([]);
    expect(triesOf(state)).toEqual([
      ["engine found", "journal found"],
      ["engine found", "journal found"],
    ]);
    expect(state.queries.map(({ engine }) => engine)).toEqual(["pages", "pages"]);
    expect(transcriptText(state)).toBe(transcriptText(undisturbed));
    expect(state.answer).toBe(undisturbed.answer);
  });

  test("sends it again where there is no store", async () => {
    const keep = { checkpointer: forgetful() };
    const first = build([call("a"), ANSWER], keep);
    await expect(run(first.agent, { question: "Q?" })).rejects.toThrow("killed");
    const second = build([ANSWER], keep);
    expect(triesOf(await run(second.agent, null))).toEqual([["engine found"]]);
    expect([first.asked, second.asked]).toEqual([["a"], ["a"]]);
  });
});

test("the same search is sent for a later question, even the same one, and on another thread", async () => {
  const keep = { checkpointer: new MemorySaver(), store: new InMemoryStore() };
  const { agent, asked } = build(
    [1, 2, 3, 4].flatMap(() => [call("a"), ANSWER]),
    keep,
  );
  await run(agent, { question: "Q?" });
  await run(agent, { question: "Q?" });
  await run(agent, { messages: [new HumanMessage({ id: "1", content: "Q?" })] });
  const state = await run(agent, { messages: [new HumanMessage({ id: "1", content: "Q?" })] }, "another");
  expect(asked).toEqual(["a", "a", "a", "a"]);
  expect(triesOf(state)).toEqual([["engine found"]]);
});

test("a search that failed is sent again by the next step, and by a fork", async () => {
  let asked = 0;
  const engine: SearchEngine = {
    name: "broken",
    async search() {
      asked += 1;
      return { status: "failed", failure: { kind: "server-error", message: "It broke." } };
    },
  };
  const agent = createAgenticRag(
    {
      protocol: qwq,
      model: createScriptedModel([call("a"), call("a"), ANSWER, call("a"), ANSWER]),
      engine,
      ...FIXED,
    },
    { checkpointer: new MemorySaver(), store: new InMemoryStore() },
  );
  await run(agent, { question: "Q?" });
  expect(asked).toBe(2);
  await agent.invoke(null, (await stepBefore(agent, "web-search", 0)).config);
  expect(asked).toBe(4);
});

test("a fork that runs a search step again is answered by the journal; an edited query is sent", async () => {
  const keep = { checkpointer: new MemorySaver(), store: new InMemoryStore() };
  const { agent, asked } = build([call("a"), ANSWER, ANSWER, ANSWER], keep);
  const original = await run(agent, { question: "Q?" });
  const before = await stepBefore(agent, "web-search", 0);
  const replayed = await agent.invoke(null, before.config);
  expect(asked).toEqual(["a"]);
  expect(replayed.queries.map(({ attempts }) => attempts.map(({ from }) => from))).toEqual([
    ["engine", "journal"],
  ]);
  expect(replayed.sources).toEqual(original.sources);
  const edited = { call: { kind: "search", queries: [{ query: "b", plan: "run" }] } };
  await agent.invoke(null, await agent.updateState(before.config, edited));
  expect(asked).toEqual(["a", "b"]);
});

async function stepBefore(agent: AgenticRag, node: string, searches: number) {
  for await (const snapshot of agent.getStateHistory(thread())) {
    const { searches: had } = snapshot.values as RunState;
    if (snapshot.next[0] === node && had === searches) return snapshot;
  }
  throw new Error(`The thread never came to ${node}.`);
}

describe("agents that a larger graph calls in one thread, with one question", () => {
  const Team = new StateSchema({ done: z.boolean().default(false) });
  const ask = { messages: [new HumanMessage({ id: "one", content: "Q?" })] };

  /** A team of two agents side by side, or of one that is called twice. */
  function team(how: "side by side" | "twice", keep: { checkpointer: MemorySaver; store: InMemoryStore }) {
    const engine = pagesEngine();
    const model = createScriptedModel(Array.from({ length: 4 }, () => searchOnce));
    const agent = createAgenticRag({ protocol: qwq, model, engine, ...FIXED });
    const graph = new StateGraph(Team)
      .addNode("research", async () => {
        await agent.invoke(ask);
        if (how === "twice") await agent.invoke(ask);
        return {};
      })
      .addConditionalEdges(
        START,
        () => Array.from({ length: how === "twice" ? 1 : 2 }, () => new Send("research", {})),
        ["research"],
      )
      .compile(keep);
    return { graph, asked: engine.asked };
  }

  test.each(["side by side", "twice"] as const)("each have their own searches: %s", async (how) => {
    const { graph, asked } = team(how, { checkpointer: new MemorySaver(), store: new InMemoryStore() });
    await graph.invoke({}, thread());
    expect(asked).toEqual(["a", "a"]);
  });

  test("go on without sending them again", async () => {
    const keep = { checkpointer: forgetful(), store: new InMemoryStore() };
    const first = team("twice", keep);
    await expect(first.graph.invoke({}, { ...thread(), durability: "sync" })).rejects.toThrow("killed");
    const second = team("twice", keep);
    await second.graph.invoke(null, { ...thread(), durability: "sync" });
    expect([...first.asked, ...second.asked]).toEqual(["a", "a"]);
  });
});

describe("the scope of a search", () => {
  const opening = { questionId: "q" } as NonNullable<RunState["opening"]>;
  const scopeOf = (configurable: Record<string, unknown> | undefined, more: Partial<RunState> = {}) =>
    journaled(
      pagesEngine(),
      { opening, searches: 0, ...more },
      configurable === undefined ? {} : { configurable },
      () => 0,
    ).scope;

  test("is short and harmless whatever the thread is called, and none is like another", () => {
    const names = [
      "__proto__",
      "constructor",
      "*",
      "%",
      "\0",
      "\ud800",
      "\ud801",
      "../x",
      "x".repeat(10_000),
      " ",
    ];
    const scopes = names.map((name) => scopeOf({ thread_id: name }));
    expect(new Set(scopes).size).toBe(names.length);
    for (const scope of scopes) expect(scope).toMatch(/^[0-9a-f]{64}$/);
    expect({}).not.toHaveProperty("polluted");
  });

  test("is the same for a task that is run again, and another for another place, question or step", () => {
    const here = { thread_id: "t", checkpoint_ns: "team:1|web-search:7" };
    expect(scopeOf({ ...here, checkpoint_ns: "team:1|web-search:8" })).toBe(scopeOf(here));
    expect(scopeOf({ thread_id: "t", checkpoint_ns: "web-search:1" })).toBe(scopeOf({ thread_id: "t" }));
    const others = [
      scopeOf(here),
      scopeOf({ thread_id: "t" }),
      scopeOf({ ...here, checkpoint_ns: "team:2|web-search:7" }),
      scopeOf({ ...here, checkpoint_ns: "team:1|1|web-search:7" }),
      scopeOf({ ...here, thread_id: "u" }),
      scopeOf(here, { searches: 1 }),
      scopeOf(here, { opening: { ...opening, questionId: "r" } }),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  test.each([undefined, {}, { thread_id: "" }, { thread_id: 7 }, { thread_id: {} }])(
    "is none without a thread: %j",
    (configurable) => {
      expect(scopeOf(configurable)).toBeUndefined();
    },
  );
});
