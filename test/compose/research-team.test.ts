import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { Command, INTERRUPT, isInterrupted } from "@langchain/langgraph";
import { describe, expect, onTestFinished, test } from "vitest";
import { AgenticRagError } from "../../src/errors.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { call, thread } from "../graph/agent.ts";
import { startWireServer } from "../servers/wire-server.ts";
import { completionWire, type CompletionRequestBody } from "../servers/completions-wire.ts";
import { always, FOUND, QUESTION, say, team } from "./team.ts";

/** Until a request comes, on a machine that is busy. */
const HOLDS = { timeout: 20_000 };

test("three researchers work at once, and one answer with one numbering comes of it", async () => {
  const held: (() => void)[] = [];
  const server = await startWireServer((response, { path, body }) => {
    if (!path.endsWith("/completions")) {
      response.writeHead(404).end();
      return;
    }
    const request = JSON.parse(body) as CompletionRequestBody;
    response.setHeader("content-type", "text/event-stream");
    held.push(() => response.end(completionWire({ text: say(request.prompt) }, request)));
    // nobody is answered before all three have asked: one after another, they would wait for ever
    if (held.length === 3) for (const answer of held.splice(0)) answer();
  });
  onTestFinished(() => server.close());
  const model = createCompletionsModel({
    baseUrl: `${server.url}/v1`,
    modelName: "QwQ-32B",
    dialect: "vllm",
    maxRetries: 0,
  });
  const { graph } = team([], { model });
  const output = await graph.invoke({ question: QUESTION }, thread());
  expect(held).toEqual([]);
  expect(output).toMatchObject({
    answer: FOUND.join("\n\n"),
    answered: true,
    unanswered: [],
    plan: {
      by: "rule",
      problem: "",
      parts: [{ number: 1, question: "What is one?" }, { number: 2 }, { number: 3 }],
    },
    usage: { modelRequests: 6 },
  });
  expect(output.messages.map((message) => message.text)).toEqual([QUESTION, FOUND.join("\n\n")]);
});

test("the drawing shows the four nodes of a researcher", async () => {
  const drawn = await team([]).graph.getGraphAsync({ xray: true });
  expect(Object.keys(drawn.nodes)).toEqual([
    "__start__",
    "divide",
    "research:__start__",
    "research:generate",
    "research:parse-tool-call",
    "research:web-search",
    "research:finalize",
    "write",
    "__end__",
  ]);
});

test("each researcher streams under a namespace of its own", async () => {
  const { graph } = team(always(say));
  const steps = new Map<string, string[]>();
  const stream = await graph.stream(
    { question: QUESTION },
    { ...thread(), streamMode: ["updates", "custom"], subgraphs: true },
  );
  const told = new Map<string, Set<string>>();
  for await (const [[place = ""], mode, data] of stream) {
    if (mode === "updates") steps.set(place, [...(steps.get(place) ?? []), ...Object.keys(data)]);
    else {
      const { type } = data as { type: string };
      told.set(type, (told.get(type) ?? new Set()).add(place));
    }
  }
  expect(steps.get("")).toEqual(["divide", "research", "research", "research", "write"]);
  const places = [...steps.keys()].filter((place) => place !== "");
  expect(places.map((place) => place.replace(/:.*/, ""))).toEqual(["research", "research", "research"]);
  for (const place of places) {
    expect(steps.get(place)).toEqual(["generate", "parse-tool-call", "web-search", "generate", "finalize"]);
  }
  // what a model says while it writes is a researcher's too
  for (const [type, by] of told) expect([type, [...by].sort()]).toEqual([type, [...places].sort()]);
  expect([...told.keys()]).toEqual(expect.arrayContaining(["answer-delta", "search-start", "answer-end"]));
});

describe("what fails", () => {
  test("one researcher's failures take no other along, and are told", async () => {
    const broken = new Error("The wire broke.");
    const { graph } = team(always((prompt) => (prompt.includes("What is two?") ? broken : say(prompt))));
    const output = await graph.invoke({ question: QUESTION }, thread());
    expect(output).toMatchObject({ answered: true, unanswered: ["What is two?"] });
    expect(output.answer).toBe(`Not all of it could be answered. There is no answer to:

- What is two?

${FOUND[0]}

## What is two?

There is no answer: the research broke off: The wire broke.

## What is three?

three is so [[2]](https://example.org/three).`);
  });

  test("settings that are wrong are thrown", async () => {
    const { graph } = team(always(say));
    await expect(
      graph.invoke({ question: QUESTION }, { ...thread(), context: { engine: "gopher" } as never }),
    ).rejects.toThrow('There is no search engine "gopher".');
    await expect(graph.invoke({ question: " " }, thread("other"))).rejects.toThrow("There is no question");
  });

  test("an abort ends all of them", HOLDS, async () => {
    const server = await startWireServer((response, { path }) => {
      if (!path.endsWith("/completions")) response.writeHead(404).end();
    });
    onTestFinished(() => server.close());
    const model = createCompletionsModel({
      baseUrl: `${server.url}/v1`,
      modelName: "M",
      dialect: "vllm",
      maxRetries: 0,
    });
    const { graph } = team([], { model });
    const stop = new AbortController();
    const run = graph.invoke({ question: QUESTION }, { ...thread(), signal: stop.signal }).catch(String);
    await expect
      .poll(() => server.requests.filter(({ path }) => path.endsWith("/completions")).length, HOLDS)
      .toBe(3);
    stop.abort();
    expect(await run).toMatch(/abort/i);
    await server.disconnected;
  });
});

test("the budgets of a run hold for each researcher", async () => {
  const { graph, asked } = team(
    always((prompt) =>
      prompt.includes("All searches for this question are used up")
        ? "</think>\n\nDone."
        : call(`q${prompt.length}`),
    ),
  );
  await graph.invoke({ question: QUESTION }, { ...thread(), context: { maxSearches: 2 } as never });
  expect(asked).toHaveLength(6);
});

test("sentences without a source are the team's too", async () => {
  const opened = "The observatory opened in 1999.";
  const unsourced = (prompt: string) => `${say(prompt)}${prompt.includes("All about") ? ` ${opened}` : ""}`;
  const { graph } = team(always(unsourced));
  const { uncited } = await graph.invoke({ question: "What is one? What is two?" }, thread());
  expect(uncited).toEqual([opened, opened]);
});

test("each researcher is told what the system messages say", async () => {
  const { graph, model } = team(always(say));
  const messages = [new SystemMessage("Answer in German."), new HumanMessage(QUESTION)];
  expect(await graph.invoke({ messages }, thread())).toMatchObject({ answer: FOUND.join("\n\n") });
  expect(
    model.calls.filter(({ prompt }) => /system\nAnswer in German\.\n\nYou are a/.test(prompt)),
  ).toHaveLength(6);
  expect(model.calls).toHaveLength(6);
});

test("a second question begins anew", async () => {
  const { graph } = team(always(say));
  await graph.invoke({ question: QUESTION }, thread());
  const second = await graph.invoke({ messages: [new HumanMessage("What is four?")] }, thread());
  expect(second).toMatchObject({
    answer: "four is so [[1]](https://example.org/four).",
    plan: { parts: [{ question: "What is four?" }] },
    sources: [{ number: 1 }],
    usage: { modelRequests: 2 },
  });
  expect(second.messages.map((message) => message.text)).toEqual([
    QUESTION,
    FOUND.join("\n\n"),
    "What is four?",
    "four is so [[1]](https://example.org/four).",
  ]);
});

const waitingFor = (output: unknown) =>
  isInterrupted<{ queries: string[] }>(output)
    ? output[INTERRUPT].map(({ id = "", value }) => ({ id, query: value?.queries[0] ?? "" }))
    : [];

describe("interrupts of researchers are answered at the team", () => {
  const config = { ...thread(), context: { approveSearches: true } as never };
  test("each by its id, one by one or together, and what was searched is searched once", async () => {
    const { graph, asked } = team(always(say));
    const waiting = waitingFor(await graph.invoke({ question: QUESTION }, config));
    expect(waiting.map(({ query }) => query).sort()).toEqual(["one", "three", "two"]);
    expect(asked).toEqual([]);
    const idOf = (name: string): string => waiting.find(({ query }) => query === name)?.id ?? "";

    const rest = await graph.invoke(
      new Command({ resume: { [idOf("two")]: { decision: "approve" } } }),
      config,
    );
    expect(
      waitingFor(rest)
        .map(({ query }) => query)
        .sort(),
    ).toEqual(["one", "three"]);
    expect(asked).toEqual(["two"]);

    const answers = {
      [idOf("one")]: { decision: "edit", queries: ["one"] },
      [idOf("three")]: { decisions: [{ type: "approve" }] },
    };
    const output = await graph.invoke(new Command({ resume: answers }), config);
    expect(output.answer).toBe(FOUND.join("\n\n"));
    expect([...asked].sort()).toEqual(["one", "three", "two"]);
  });

  test("a denial counts without the settings, and so they do for a researcher that had yet to begin", async () => {
    let isDown = true;
    const { graph, asked } = team(
      always((prompt) => {
        if (prompt.includes("did not allow it")) return "</think>\n\nSo be it.";
        return isDown && prompt.includes("What is two?")
          ? new AgenticRagError("store-unusable", "Down.")
          : say(prompt);
      }),
    );
    await expect(graph.invoke({ question: QUESTION }, config)).rejects.toThrow("Down.");
    isDown = false;
    const waiting = waitingFor(await graph.invoke(null, thread()));
    expect(waiting.map(({ query }) => query).sort()).toEqual(["one", "three", "two"]);
    const deny = Object.fromEntries(waiting.map(({ id }) => [id, { decision: "deny" }]));
    expect(await graph.invoke(new Command({ resume: deny }), thread())).toMatchObject({ answered: true });
    expect(asked).toEqual([]);
  });

  test("one that does not fit can be given again, and loses no other", async () => {
    const { graph, asked } = team(always(say));
    const waiting = waitingFor(await graph.invoke({ question: QUESTION }, config));
    const [first = { id: "" }, ...others] = waiting;
    const good = Object.fromEntries(others.map(({ id }) => [id, { decision: "approve" }]));
    const again = await graph.invoke(new Command({ resume: { ...good, [first.id]: "yes" } }), thread());
    expect(isInterrupted(again) && again[INTERRUPT]).toMatchObject([
      { value: { problem: expect.stringContaining("The answer to approve-search does not fit") } },
    ]);
    const [{ id } = { id: "" }] = waitingFor(again);
    const output = await graph.invoke(new Command({ resume: { [id]: { decision: "approve" } } }), thread());
    expect(output.answer).toBe(FOUND.join("\n\n"));
    expect([...asked].sort()).toEqual(["one", "three", "two"]);
  });
});
