import { Command, InMemoryStore, MemorySaver } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { createResearchTeam } from "../../../src/compose/team/research-team.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { createScriptedModel, type ScriptedStep } from "../../../src/model/scripted.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { forgetSearches } from "../../../src/search/journal/journal.ts";
import { call, FIXED, pagesEngine, thread } from "../agent.ts";
import { ANSWER, asksFor } from "../asking.ts";

/** A model that ends the process, as far as a test can, before its first step is kept. */
const KILLED = new Error("The power went.");

/** The same for a step that outlives its model's errors. */
function killing() {
  const controller = new AbortController();
  const abort = (): string => {
    controller.abort();
    return "";
  };
  return { signal: controller.signal, abort };
}

function keeping(steps: readonly ScriptedStep[], limits = {}) {
  const engine = pagesEngine();
  const model = createScriptedModel(steps);
  const kept = { checkpointer: new MemorySaver(), store: new InMemoryStore() };
  const parts = { protocol: qwq, model, engine, ...FIXED };
  return { ...kept, parts, engine, agent: createAgenticRag({ ...parts, limits }, kept), kept };
}

describe("a run whose process ended in its first step", () => {
  test("has a person asked, though what resumes it does not say so", async () => {
    const { agent, engine } = keeping([KILLED, call("a"), call("b"), ANSWER]);
    const context = { approveSearches: true, maxSearches: 1 } as never;
    await expect(agent.invoke({ question: "Q?" }, { ...thread(), context })).rejects.toThrow(KILLED.message);
    expect(asksFor(await agent.invoke(null, thread()))).toMatchObject([{ queries: ["a"], searchesLeft: 1 }]);
    expect(engine.asked).toEqual([]);
    await agent.invoke(new Command({ resume: { decision: "deny" } }) as never, thread());
    expect(engine.asked).toEqual([]);
  });

  test("has a person asked, though another agent resumes it that asks nobody", async () => {
    const { agent, engine, parts, kept } = keeping([KILLED, call("a"), ANSWER], {
      approveSearches: true,
      maxSearches: 2,
    });
    await expect(agent.invoke({ question: "Q?" }, thread())).rejects.toThrow(KILLED.message);
    const other = createAgenticRag(parts, kept);
    expect(asksFor(await other.invoke(null, thread()))).toMatchObject([{ queries: ["a"], searchesLeft: 2 }]);
    expect(engine.asked).toEqual([]);
  });

  test("keeps what else it was asked with; what is said anew wins", async () => {
    const { agent } = keeping([KILLED, KILLED, ANSWER, ANSWER]);
    const first = { maxSearches: 1, maxTokens: 500, seed: 3, date: "2020-01-02" } as never;
    await expect(agent.invoke({ question: "Q?" }, { ...thread(), context: first })).rejects.toThrow(
      KILLED.message,
    );
    const second = { maxTokens: 600, approveSearches: false } as never;
    await expect(agent.invoke(null, { ...thread(), context: second })).rejects.toThrow(KILLED.message);
    await agent.invoke(null, thread());
    const { opening } = (await agent.getState(thread())).values as RunState;
    expect(opening).toMatchObject({
      date: "2020-01-02",
      limits: { maxSearches: 1, maxTokens: 600, approveSearches: false },
      chosen: { seed: 3 },
    });
    await agent.invoke({ question: "Another?" }, thread());
    const next = (await agent.getState(thread())).values as RunState;
    expect(next.opening).toMatchObject({ limits: { maxSearches: 5, maxTokens: 32_768 }, chosen: {} });
  });

  test("keeps no name that does not exist", async () => {
    const { agent } = keeping([ANSWER]);
    const context = { engine: "altavista", maxSearches: 1 } as never;
    await expect(agent.invoke({ question: "Q?" }, { ...thread(), context })).rejects.toThrow("altavista");
    expect(await agent.invoke(null, thread())).toMatchObject({ answered: true });
  });

  test("asks for the researchers of a team too", async () => {
    const { parts, kept, engine } = keeping([call("a"), ANSWER]);
    const { signal, abort } = killing();
    const planner = createScriptedModel([abort, "</think>\n\n- Q?"]);
    const team = createResearchTeam({ ...parts, planner }, kept);
    const context = { approveSearches: true } as never;
    await expect(team.invoke({ question: "Q?" }, { ...thread(), context, signal })).rejects.toThrow("abort");
    expect(asksFor(await team.invoke(null, thread()))).toMatchObject([{ queries: ["a"] }]);
    expect(engine.asked).toEqual([]);
  });

  test("runs on what this call says where the store fails", async () => {
    const { agent, store } = keeping([ANSWER, ANSWER]);
    store.batch = () => Promise.reject(new Error("no store"));
    const context = { maxSearches: 2 } as never;
    expect(await agent.invoke({ question: "Q?" }, { ...thread(), context })).toMatchObject({
      answered: true,
    });
  });
});

test("what a question was asked with is forgotten with the searches of its thread", async () => {
  const { agent, store } = keeping([ANSWER]);
  await agent.invoke({ question: "Q?" }, { ...thread(), context: { maxSearches: 2 } as never });
  expect(await store.search(["agentic-rag"])).toHaveLength(1);
  await forgetSearches(store, "thread");
  expect(await store.search(["agentic-rag"])).toEqual([]);
});

test("nothing is written where nothing was said", async () => {
  const { agent, store } = keeping([ANSWER]);
  await agent.invoke({ question: "Q?" }, thread());
  expect(await store.search(["agentic-rag"])).toEqual([]);
});
