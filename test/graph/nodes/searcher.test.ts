import { setTimeout } from "node:timers/promises";
import { MemorySaver, InMemoryStore } from "@langchain/langgraph";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { AgenticRagParts } from "../../../src/graph/parts.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { protocols } from "../../../src/protocol/index.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { throwIfAborted } from "../../../src/net/abort.ts";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { startCompletionsServer, type ServerReply } from "../../servers/completions.ts";
import { ask, call, FIXED, pagesEngine, scripted, thread, transcriptText } from "../agent.ts";

const ANSWER = "Ok.\n</think>\n\nSo it is [1].";

/** An engine whose searches are answered when they are let go, and which tells when one is sent. */
function heldEngine() {
  const sent: string[] = [];
  const ended: string[] = [];
  const waiting = new Map<string, () => void>();
  const watchers = new Set<() => void>();
  const inner = pagesEngine();
  const engine: SearchEngine = {
    name: "pages",
    async search(query, options) {
      sent.push(query);
      for (const watch of watchers) watch();
      await new Promise<void>((resolve) => {
        waiting.set(query, resolve);
        options?.signal?.addEventListener("abort", () => {
          ended.push(query);
          resolve();
        });
        for (const watch of watchers) watch();
      });
      throwIfAborted(options?.signal);
      return inner.search(query);
    },
  };
  const when = (isTrue: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const watch = (): void => {
        if (isTrue()) resolve();
      };
      watchers.add(watch);
      watch();
    });
  return {
    engine,
    sent,
    ended,
    whenSent: (query: string) => when(() => waiting.has(query)),
    letGo: () => {
      for (const resolve of waiting.values()) resolve();
    },
  };
}

/** A reply of which the server sends nothing behind `behind` until it may. */
function held(text: string, behind: string, until: Promise<unknown>, more: object = {}) {
  const at = text.indexOf(behind) + behind.length;
  const onWire = JSON.stringify(behind).slice(1, -1);
  return { text, chunks: [text.slice(0, at), text.slice(at)], hold: { behind: onWire, until }, ...more };
}

/** An agent whose model is a real completions server that may hold a reply back. */
async function overServer(replies: readonly ServerReply[], parts: Partial<AgenticRagParts>) {
  const server = await startCompletionsServer(replies);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "QwQ-32B", maxRetries: 0 });
  const store = new InMemoryStore();
  const agent = createAgenticRag(
    { protocol: qwq, model, engine: pagesEngine(), searchAhead: true, ...FIXED, ...parts },
    { checkpointer: new MemorySaver(), store },
  );
  return { agent, store, close: () => server.close() };
}

describe("a search is sent while the rest of its call is written", () => {
  it.each([
    ["QwQ", call("x"), '"x"}', ["x"]],
    [
      "the first of several",
      '<tool_call>\n{"name": "web_search", "arguments": {"queries": ["x", "y"]}}\n</tool_call>',
      '"x",',
      ["x"],
    ],
    [
      "Qwen3-Coder",
      "<tool_call>\n<function=web_search>\n<parameter=query>\nx\n</parameter>\n</function>\n</tool_call>",
      "</parameter>",
      ["x"],
    ],
    [
      "Kimi",
      '<|tool_calls_section_begin|><|tool_call_begin|>functions.web_search:0<|tool_call_argument_begin|>{"query": "x"}<|tool_call_end|><|tool_calls_section_end|>',
      '"x"}',
      ["x"],
    ],
  ])("%s", async (_, text, behind, begun) => {
    const { engine, sent, whenSent, letGo } = heldEngine();
    // the rest of the call comes only after the search was sent
    const until = whenSent("x").then(() => [expect(sent).toEqual(begun), letGo()]);
    const { agent, close } = await overServer([held(text, behind, until), { text: ANSWER }], {
      engine,
    });
    void whenSent("y").then(letGo);
    const { state, events } = await ask(agent, "Q?");
    await close();
    expect(state).toMatchObject({ answered: true, searches: text.includes('"y"') ? 2 : 1 });
    expect(state.usage.droppedSearches).toBeUndefined();
    expect(sent).toEqual(text.includes('"y"') ? ["x", "y"] : ["x"]);
    const order = events.flatMap(({ type }) => (/^(?:tool-call|search-)/.test(type) ? [type] : []));
    expect(order.slice(0, 2)).toEqual(["tool-call", "search-start"]);
  });
});

/** What a run came to, without what differs from run to run. */
async function played(parts: Partial<AgenticRagParts>, protocol: keyof typeof protocols) {
  const { modelSide } = protocols[protocol];
  const steps = [
    modelSide.call("x"),
    modelSide.call("x"),
    modelSide.call("y"),
    modelSide.answer("So it is [1]."),
  ];
  const { agent, asked } = scripted(steps, { protocol: protocols[protocol], ...parts });
  const { state, events } = await ask(agent, "Q?");
  const { messages, messageId, opening, ...rest } = state;
  return {
    asked,
    events: events.map((event) => JSON.stringify(event)),
    state: { ...rest, opening: { ...opening, questionId: "" } },
    transcript: transcriptText(state),
    said: messages.map(({ text }) => text),
    hasId: messageId !== "",
  };
}

it.each(Object.keys(protocols) as (keyof typeof protocols)[])(
  "changes nothing else: %s",
  async (protocol) => {
    const early = await played({ searchAhead: true }, protocol);
    expect(early).toEqual(await played({}, protocol));
    expect(early.asked).toEqual(["x", "y"]);
  },
);

describe("nothing is sent early", () => {
  const second = '<tool_call>\n{"name": "web_search", "arguments": {"queries": ["x", "y"]}}\n</tool_call>';

  it.each<[string, string, Partial<AgenticRagParts>, Record<string, unknown>]>([
    ["where it is turned off", call("x"), { searchAhead: false }, {}],
    ["where a person is asked first", call("x"), {}, { approveSearches: true }],
    ["where too few tokens are left for the rest of the call", call("x"), {}, { maxTokens: 100 }],
    ["where no search is left", call("x"), {}, { maxSearches: 0 }],
  ])("%s", async (_, text, parts, context) => {
    const { engine, sent, letGo } = heldEngine();
    const early: string[][] = [];
    const until = async (): Promise<unknown> => setTimeout(50).then(() => early.push([...sent]));
    const server = await overServer([() => held(text, '"x"}', until()), { text: ANSWER }], {
      engine,
      ...parts,
    });
    const letting = setInterval(letGo, 5);
    await ask(server.agent, "Q?", { context });
    clearInterval(letting);
    await server.close();
    expect(early).toEqual([[]]);
  });

  test("of what was answered before, and beyond the budget", async () => {
    const early: string[][] = [];
    const { engine, sent, whenSent, letGo } = heldEngine();
    const letting = setInterval(letGo, 5);
    const until = async (): Promise<unknown> => whenSent("y").then(() => early.push([...sent]));
    const { agent, close } = await overServer(
      [
        { text: call("x") },
        () => held(second.replace('"y"', '"X ?", "y", "z"'), '"z"]', until()),
        { text: ANSWER },
      ],
      { engine },
    );
    const { state } = await ask(agent, "Q?", { context: { maxSearches: 2 } });
    clearInterval(letting);
    await close();
    expect(early).toEqual([["x", "y"]]);
    expect(state).toMatchObject({ searches: 2 });
  });
});

describe("a call that turns out otherwise", () => {
  const other = call("x").replace('"x"}}', '"x"}, "action": "web_search"}');

  test("ends its search, which counts and is told, and no later one is sent early", async () => {
    const { engine, sent, ended, whenSent, letGo } = heldEngine();
    const early: string[][] = [];
    const pause = async (): Promise<unknown> => setTimeout(50).then(() => early.push([...sent]));
    const { agent, close } = await overServer(
      [held(other, '"x"}', whenSent("x")), () => held(call("y"), '"y"}', pause()), { text: ANSWER }],
      { engine },
    );
    void whenSent("y").then(letGo);
    const { state, events } = await ask(agent, "Q?", { context: { maxSearches: 3 } });
    await close();
    expect(early).toEqual([["x"]]);
    expect({ sent, ended }).toEqual({ sent: ["x", "y"], ended: ["x"] });
    expect(state).toMatchObject({ searches: 1, repairs: 1, answered: true, usage: { droppedSearches: 1 } });
    expect(state.queries.map(({ query }) => query)).toEqual(["y"]);
    const left = events.flatMap((event) => (event.type === "budget-left" ? [event.left.searches] : []));
    expect(left).toEqual([3, 2, 1, 1]);
  });

  test("leaves no more searches than the budget", async () => {
    const { engine, sent, whenSent, letGo } = heldEngine();
    const { agent, close } = await overServer(
      [held(other, '"x"}', whenSent("x")), { text: call("y") }, { text: "I know.\n</think>\n\nSeven." }],
      { engine },
    );
    const { state } = await ask(agent, "Q?", { context: { maxSearches: 1 } });
    letGo();
    await close();
    expect(sent).toEqual(["x"]);
    expect(state).toMatchObject({ searches: 0, stopReason: "search-budget", usage: { droppedSearches: 1 } });
  });

  test("ends it where the model goes on without a call", async () => {
    const { engine, ended, whenSent } = heldEngine();
    const cut = call("x").replace("}}\n</tool_call>", "}");
    const { agent, close } = await overServer(
      [held(cut, '"x"}', whenSent("x"), { finishReason: "length" }), { text: "I know.\n</think>\n\nSeven." }],
      { engine },
    );
    const { state } = await ask(agent, "Q?");
    await close();
    expect(ended).toEqual(["x"]);
    expect(state).toMatchObject({ searches: 0, usage: { droppedSearches: 1 } });
  });
});

test("a run that is stopped ends what was sent early", async () => {
  const { engine, ended, whenSent } = heldEngine();
  const stop = new AbortController();
  const never = new Promise<void>(() => undefined);
  const { agent, close } = await overServer([held(call("x"), '"x"}', never)], { engine });
  void whenSent("x").then(() => stop.abort());
  await expect(agent.invoke({ question: "Q?" }, { ...thread(), signal: stop.signal })).rejects.toThrow(
    /abort/i,
  );
  await close();
  expect(ended).toEqual(["x"]);
});

/** A run that is stopped behind the model's step, when its search was answered and written down. */
async function stopped() {
  const engine = pagesEngine();
  const answered = async (): Promise<void> => {
    while (engine.asked.length === 0) await setTimeout(5);
    await setTimeout(20);
  };
  const replies = [() => held(call("x"), '"x"}', answered()), { text: ANSWER }];
  const { agent, close } = await overServer(replies, { engine });
  onTestFinished(close);
  await agent.invoke({ question: "Q?" }, { ...thread(), interruptBefore: ["web-search"] });
  expect(engine.asked).toEqual(["x"]);
  return { agent, engine };
}

describe("a run that ended before its search took it over", () => {
  test("sends it no more: the journal has it", async () => {
    const { agent, engine } = await stopped();
    const { queries } = await agent.invoke(null, thread());
    expect(engine.asked).toEqual(["x"]);
    expect(queries[0]?.attempts.map(({ from }) => from)).toEqual(["engine", "journal"]);
  });

  test("searches for the query that somebody wrote in its place", async () => {
    const { agent, engine } = await stopped();
    await agent.updateState(thread(), { call: { kind: "search", queries: [{ query: "z", plan: "run" }] } });
    const { queries, usage } = await agent.invoke(null, thread());
    expect(engine.asked).toEqual(["x", "z"]);
    expect(queries.map(({ query }) => query)).toEqual(["z"]);
    expect(usage.droppedSearches).toBeUndefined();
  });
});
