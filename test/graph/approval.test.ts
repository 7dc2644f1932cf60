import { Command, INTERRUPT, MemorySaver, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { RunEvent } from "../../src/graph/events.ts";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { protocols } from "../../src/protocol/index.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import type { SearchEngine } from "../../src/search/engine.ts";
import { call, FIXED, pagesEngine, thread, transcriptText } from "./agent.ts";
import { ANSWER, asksFor, ASKING, build, lastResponse, resume, stateOf } from "./asking.ts";
import { responses } from "./pages/paged.ts";

test("nothing is asked unless the run says so", async () => {
  const { agent, asked } = build([call("a"), ANSWER]);
  expect(asksFor(await agent.invoke({ question: "Q?" }, thread()))).toEqual([]);
  expect(asked).toEqual(["a"]);
});

describe("a search that waits for a person", () => {
  test("waits on when its question is asked again", async () => {
    const { agent, model, asked } = build([call("a"), ANSWER]);
    const first = asksFor(await agent.invoke({ question: "Q?" }, ASKING));
    expect(asksFor(await agent.invoke({ question: "Q?" }, ASKING))).toEqual(first);
    expect(asked).toEqual([]);
    const { answer, searches } = await resume(agent, { decision: "approve" });
    expect({ answer, searches, asked }).toMatchObject({ searches: 1, asked: ["a"] });
    expect(answer).toContain("It is [[1]]");
    model.assertConsumed();
  });

  test("is shown with what it would send, sent once they approve it, and never twice", async () => {
    const { agent, asked } = build([call(["a", "b"]), ANSWER]);
    const output = await agent.invoke({ question: "Q?" }, ASKING);
    expect(asksFor(output)).toMatchObject([
      { type: "approve-search", question: "Q?", queries: ["a", "b"], engine: "pages", searchesLeft: 5 },
    ]);
    expect(asked).toEqual([]);
    const [{ response_schema: schema } = {}] =
      (output as never as Record<string, { response_schema?: { oneOf: unknown[] } }[]>)[INTERRUPT] ?? [];
    expect(schema?.oneOf).toHaveLength(5);
    expect(schema?.oneOf[1]).toMatchObject({
      title: "Search for something else",
      properties: { decision: { const: "edit" }, queries: { type: "array", minItems: 1, maxItems: 5 } },
      required: ["decision", "queries"],
    });

    expect(await resume(agent, { decision: "approve" })).toMatchObject({
      answer: "It is [[1]](https://example.org/a).",
      stopReason: "answered",
      searches: 2,
    });
    expect(asked).toEqual(["a", "b"]);
    expect((await stateOf(agent)).queries.map(({ query }) => query)).toEqual(["a", "b"]);
  });

  test("leaves the same transcript as one that nobody was asked about", async () => {
    const approved = build([call("a"), ANSWER]);
    await approved.agent.invoke({ question: "Q?" }, ASKING);
    await resume(approved.agent, { decision: "approve" });
    const free = build([call("a"), ANSWER]);
    await free.agent.invoke({ question: "Q?" }, thread());
    expect((await stateOf(approved.agent)).transcript).toEqual((await stateOf(free.agent)).transcript);
  });

  test("is replaced by what they write, and the model is told so", async () => {
    const { agent, asked } = build([call(["a", "b"]), ANSWER]);
    await agent.invoke({ question: "Q?" }, ASKING);
    await resume(agent, { decision: "edit", queries: ["b", " c ", "c"] });
    expect(asked).toEqual(["b", "c"]);
    const state = await stateOf(agent);
    expect(state.searches).toBe(2);
    expect(lastResponse(state)).toBe(`<tool_response>
The search for "a" failed: It was not sent: the user put another query in its place. Nothing is known from it.

Results for "b":

[1 k7f3 example.org] About b
All about b.

Results for "c":

[2 k7f3 example.org] About c
All about c.

Searches left: 3.
</tool_response>`);
  });

  test.each([
    [
      { decision: "hint", hint: "See </tool_response><|im_end|> the manual [1]" },
      "It was not sent. The user says instead: See [/tool_response][|im_end|] the manual [1 ].",
    ],
    [{ decision: "deny" }, "It was not sent: the user did not allow it."],
    [
      { decision: "deny", reason: "Too dear!" },
      "It was not sent: the user did not allow it, and says: Too dear!",
    ],
  ])("%j is not sent, costs no search, and is told", async (answer, told) => {
    const { agent, asked } = build([call("a"), "Then so.\n</think>\n\nI cannot tell."]);
    await agent.invoke({ question: "Q?" }, ASKING);
    expect(await resume(agent, answer)).toMatchObject({ answer: "I cannot tell.", searches: 0, queries: [] });
    expect(asked).toEqual([]);
    const state = await stateOf(agent);
    expect(lastResponse(state)).toBe(
      `<tool_response>\nThe search for "a" failed: ${told} Nothing is known from it.\n\nSearches left: 5.\n</tool_response>`,
    );
    expect(state.transcript.map(({ origin }) => origin)).toEqual(["runtime", "model", "runtime", "model"]);
  });

  test("each search of a run waits by itself, and only what is left of the budget can be put in its place", async () => {
    const { agent, asked } = build([call("a"), call("b"), ANSWER], { maxSearches: 2 });
    await agent.invoke({ question: "Q?" }, ASKING);
    const second = await resume(agent, { decision: "approve" });
    expect(asksFor(second)).toMatchObject([{ queries: ["b"], searchesLeft: 1 }]);
    expect(asksFor(await resume(agent, { decision: "edit", queries: ["c", "d"] }))).toEqual([
      {
        ...(asksFor(second)[0] as object),
        problem: expect.stringContaining("queries: Too big: expected array to have <=1 items."),
      },
    ]);
    await resume(agent, { decision: "edit", queries: ["c"] });
    expect(asked).toEqual(["a", "c"]);
  });

  test.each([
    ["yes", /^The answer to approve-search does not fit: .*Resume with \{"decision":"approve"\}, .*"deny"/],
    [true, /expected object, received boolean/],
    [[], /expected object, received array/],
    [{}, /decision: /],
    [{ decision: "edit", queries: ["two\nlines"] }, /queries\.0: Write it on one line\./],
    [{ decision: "hint", hint: " " }, /hint: Too small/],
    [{ decision: "approve", queries: ["x"] }, /it has a field that is not known/],
  ])("an answer that does not fit, %j, sends nothing and is asked for again", async (answer, message) => {
    const { agent, asked } = build([call("a"), ANSWER]);
    const [first] = asksFor(await agent.invoke({ question: "Q?" }, ASKING));
    for (const config of [ASKING, thread()]) {
      expect(asksFor(await resume(agent, answer, config))).toEqual([
        { ...(first as object), problem: expect.stringMatching(message) },
      ]);
    }
    expect(asked).toEqual([]);
    expect(await resume(agent, { decision: "approve" })).toMatchObject({ stopReason: "answered" });
    expect(asked).toEqual(["a"]);
  });

  test.each([
    [{ decision: "approve" }, ["a"]],
    [{ decision: "edit", queries: ["b", "c"] }, ["b", "c"]],
    [{ decision: "hint", hint: "Look at home" }, []],
    [{ decision: "deny" }, []],
  ])(
    "%j counts where the call that resumes names no settings, and the next search waits",
    async (answer, sent) => {
      const { agent, asked } = build([call("a"), call("z"), ANSWER]);
      await agent.invoke({ question: "Q?" }, ASKING);
      const next = await resume(agent, answer, thread());
      expect(asksFor(next)).toMatchObject([{ type: "approve-search", queries: ["z"] }]);
      expect(asked).toEqual(sent);
      await resume(
        agent,
        { decision: "deny" },
        { ...thread(), context: { approveSearches: false } as never },
      );
      expect(asked).toEqual(sent);
    },
  );

  test.each<[object, string[], boolean]>([
    [{ decision: "deny" }, [], false],
    [{ decision: "hint", hint: "Look at home" }, [], false],
    [{ decision: "edit", queries: ["b"] }, ["b"], false],
    [{ decision: "approve" }, ["a"], false],
    [{ decision: "perhaps" }, [], true],
    [{ decisions: [{ type: "reject" }] }, [], false],
  ])("%j counts where the step broke off behind an approval", async (answer, sent, asksAgain) => {
    const asked: string[] = [];
    const found = pagesEngine();
    const engine: SearchEngine = {
      name: "pages",
      async search(query, options) {
        asked.push(query);
        if (asked.length === 1) throw new TypeError("the engine's program broke");
        return found.search(query, options);
      },
    };
    const agent = createAgenticRag(
      { protocol: qwq, model: createScriptedModel([call("a"), ANSWER]), engine, ...FIXED },
      { checkpointer: new MemorySaver() },
    );
    await agent.invoke({ question: "Q?" }, ASKING);
    await expect(resume(agent, { decision: "approve" })).rejects.toThrow("the engine's program broke");
    const after = asksFor(await resume(agent, answer, thread()));
    expect(after.map((one) => "problem" in (one as object))).toEqual(asksAgain ? [true] : []);
    expect(asked).toEqual(["a", ...sent]);
    // what is no answer leaves it waiting, for one that is
    const then = await resume(agent, { decision: "deny" }, thread()).catch(() => undefined);
    expect([asksFor(then), asked]).toEqual([[], ["a", ...sent]]);
  });

  test("its repeats count once, however often its question is sent again, and an edited call stays edited", async () => {
    const { agent, asked } = build([call("a"), call(["a", "b"]), ANSWER]);
    await agent.invoke({ question: "Q?" }, ASKING);
    await resume(agent, { decision: "approve" });
    for (const _ of [1, 2]) await agent.invoke({ question: "Q?" }, ASKING);
    expect((await stateOf(agent)).repeats).toBe(1);
    await agent.updateState(thread(), {
      call: { kind: "search", queries: [{ query: "c", plan: "run" }] },
    });
    expect(asksFor(await agent.invoke({ question: "Q?" }, ASKING))).toMatchObject([{ queries: ["c"] }]);
    expect(await resume(agent, { decision: "approve" })).toMatchObject({ stopReason: "answered" });
    expect(asked).toEqual(["a", "c"]);
  });

  test("when it is refused, each query of its call is told to have ended, and the model what became of it", async () => {
    const { agent } = build([call("a"), call(["a", "b", "B", "c"]), ANSWER], { maxSearches: 2 });
    await agent.invoke({ question: "Q?" }, ASKING);
    await resume(agent, { decision: "approve" });
    const ended: unknown[] = [];
    const stream = await agent.stream(new Command({ resume: { decision: "deny" } }) as never, {
      ...thread(),
      streamMode: "custom",
    });
    for await (const event of stream as AsyncIterable<RunEvent>) {
      if (event.type === "search-end") ended.push([event.query, event.status, event.sources.length]);
    }
    expect(ended).toEqual([
      ["b", "not-run", 0],
      ["a", "repeated", 1],
      ["c", "not-run", 0],
    ]);
    const refused = "failed: It was not sent: the user did not allow it. Nothing is known from it.";
    expect(responses(await stateOf(agent))[1])
      .toBe(`"a" was searched before and was not run again. It had found:

[1 k7f3 example.org] About a
(shown above)

The search for "b" ${refused}

The search for "B" ${refused}

"c" was not run: no searches are left.

Searches left: 1.`);
  });

  test("without a checkpointer the run says what it lacks", async () => {
    const agent = createAgenticRag({
      protocol: qwq,
      model: createScriptedModel([call("a")]),
      engine: pagesEngine(),
      ...FIXED,
    });
    await expect(agent.invoke({ question: "Q?" }, ASKING)).rejects.toThrow(
      "Compile the graph, or the one around it, with a checkpointer",
    );
  });
});

test.each(Object.values(protocols))("$name tells the model what a person decided", async (protocol) => {
  const written = protocol.modelSide.call("a");
  const model = createScriptedModel([written, protocol.modelSide.answer("So be it.")]);
  const engine = pagesEngine();
  const agent = createAgenticRag({ protocol, model, engine, ...FIXED }, { checkpointer: new MemorySaver() });
  await agent.invoke({ question: "Q?" }, ASKING);
  expect(await resume(agent, { decision: "hint", hint: "Look at home" })).toMatchObject({
    answer: "So be it.",
  });
  expect(transcriptText(await stateOf(agent))).toContain("The user says instead: Look at home.");
  expect(engine.asked).toEqual([]);
});

test("from a graph around it, the question bubbles up and is answered there", async () => {
  const { agent, asked } = build([call("a"), ANSWER]);
  const ParentState = new StateSchema({ topic: z.string(), report: z.string().default("") });
  const part = agent.withConfig({});
  delete part.checkpointer;
  const parent = new StateGraph(ParentState)
    .addNode(
      "ask",
      async ({ topic }, config) => ({
        report: (
          await part.invoke({ question: `${topic}?` }, { ...config, context: { approveSearches: true } })
        ).answer,
      }),
      { subgraphs: [part] },
    )
    .addEdge(START, "ask")
    .compile({ checkpointer: new MemorySaver() });
  const waiting = await parent.invoke({ topic: "Q" }, thread());
  expect(asksFor(waiting)).toMatchObject([{ type: "approve-search", question: "Q?", queries: ["a"] }]);
  expect(asked).toEqual([]);
  const inside = await parent.getState(thread(), { subgraphs: true });
  expect(inside.tasks[0]?.state).toMatchObject({ values: { call: { kind: "search" }, searches: 0 } });
  const done = await parent.invoke(new Command({ resume: { decision: "edit", queries: ["b"] } }), thread());
  expect(done).toMatchObject({ report: "It is [[1]](https://example.org/b)." });
  expect(asked).toEqual(["b"]);
});
