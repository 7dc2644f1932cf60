import { Command, MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { createAgenticRag } from "../../src/graph/graph.ts";
import type { RunState } from "../../src/graph/state.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { ask, call, FIXED, pagesEngine, scripted, thread } from "./agent.ts";
import { knownPages } from "./pages/paged.ts";

const ANSWER = "I know.\n</think>\n\nIt is [1].";

test("a run that is resumed without its settings keeps its budgets, engine, model and sampling", async () => {
  const other = { ...pagesEngine(), name: "other" };
  const model = createScriptedModel([call("a"), new Error("The power went."), call("b"), call("c"), ANSWER]);
  const engine = pagesEngine();
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, engines: { second: () => other }, ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  const context = { maxSearches: 2, engine: "second", model: "large", temperature: 0, topK: 7 } as never;
  await expect(agent.invoke({ question: "Q?" }, { ...thread(), context })).rejects.toThrow("The power went.");
  const other2 = { maxSearches: 9, engine: "pages", model: "small", temperature: 1 } as never;
  const end = await agent.invoke(null, { ...thread(), context: other2 });
  expect(end).toMatchObject({ searches: 2, stopReason: "search-budget" });
  expect([engine.asked, other.asked]).toEqual([[], ["a", "b"]]);
  expect(model.calls.map(({ options: { modelName, sampling } }) => ({ modelName, sampling }))).toEqual(
    Array.from({ length: 5 }, () => ({ modelName: "large", sampling: { temperature: 0, topK: 7 } })),
  );
});

test("the opening holds what the question was asked with; the next question has its own", async () => {
  const { agent } = scripted([ANSWER, ANSWER]);
  const first = await ask(agent, "One?", { context: { maxSearches: 1, approveSearches: true, seed: 3 } });
  expect(first.state.opening).toMatchObject({
    limits: { maxSearches: 1, maxTokens: 32_768, approveSearches: true, condenseResults: false },
    chosen: { seed: 3 },
  });
  const second = await ask(agent, "Two?", { context: { maxSearches: undefined, seed: undefined } });
  expect(second.state.opening).toMatchObject({
    limits: { maxSearches: 5, approveSearches: false },
    chosen: {},
  });
});

test("no context raises a limit above its ceiling, or takes away that a person is asked", async () => {
  const parts = {
    limits: { maxSearches: 2, approveSearches: true },
    ceilings: { maxSearches: 4, maxPages: 1, maxTokens: 1000 },
    pageReader: knownPages().reader,
  };
  const { agent } = scripted([ANSWER, ANSWER], parts);
  const most = {
    maxSearches: 100,
    maxPages: 50,
    maxTokens: 900_000,
    maxSeconds: 900,
    approveSearches: false,
  };
  const { state } = await ask(agent, "Q?", { context: most });
  expect(state.opening?.limits).toMatchObject({
    maxSearches: 4,
    maxPages: 1,
    maxTokens: 1000,
    maxSeconds: 900,
    approveSearches: true,
  });
  expect((await ask(agent, "R?")).state.opening?.limits).toMatchObject({ maxSearches: 2, maxPages: 0 });
});

test("an agent that asks a person does so for a question that was opened without", async () => {
  const checkpointer = new MemorySaver();
  const engine = pagesEngine();
  const model = createScriptedModel([new Error("The power went."), call("a"), ANSWER]);
  const parts = { protocol: qwq, model, engine, ...FIXED };
  await expect(
    createAgenticRag(parts, { checkpointer }).invoke({ question: "Q?" }, thread()),
  ).rejects.toThrow("The power went.");
  const asking = createAgenticRag({ ...parts, limits: { approveSearches: true } }, { checkpointer });
  await asking.invoke(null, thread());
  expect(engine.asked).toEqual([]);
});

test("for a thread that keeps no settings, as older versions left them, those of the call count", async () => {
  const { agent, asked } = scripted([call("a"), ANSWER]);
  const asking = { ...thread(), context: { approveSearches: true } as never };
  await agent.invoke({ question: "Q?" }, asking);
  const { opening } = (await agent.getState(thread())).values as RunState;
  const { limits: _limits, chosen: _chosen, ...older } = opening!;
  await agent.updateState(thread(), { opening: older }, "parse-tool-call");
  await agent.invoke(null, asking);
  await agent.invoke(new Command({ resume: { decision: "deny" } }) as never, asking);
  expect(asked).toEqual([]);
});
