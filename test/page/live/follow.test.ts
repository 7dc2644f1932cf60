import { describe, expect, test } from "vitest";
import { begin, ended, follow, goneOn, type Followed } from "../../../src/page/live/session/follow.ts";
import { readBase, readKept } from "../../../src/page/live/session/kept.ts";
import { snapshotSchema } from "../../../src/page/live/session/wire.ts";
import { recordedEvents, recordedHistory, seen } from "./recorded.ts";

async function followed(name: string, from: Followed = begin(""), size?: number): Promise<Followed> {
  return ended((await recordedEvents(name, size)).reduce(follow, from));
}

test("a run from its question to its answer", async () => {
  const { run, asked, parts } = await followed("answered");
  expect([asked, parts]).toEqual([[], []]);
  expect(run).toMatchObject({
    question: "What is alpha?",
    model: "QwQ-32B",
    protocol: "qwq",
    engine: "tavily",
  });
  expect(seen(run)).toMatchInlineSnapshot(`
    [
      "ended",
      "reasoning: Let me look.",
      "search: alpha facts found 1",
      "splice: 1",
      "reasoning: I know.",
      "answer: It is so [1], not [2].",
      "source 1: About alpha facts, All about alpha facts.",
      "said: It is so [[1]](https://example.org/alpha-facts), not.",
      "mark 1: unclear",
      "mark 2: unknown",
      "ended: answered",
    ]
  `);
});

test.each([1, 7, 64])("a stream in pieces of %i bytes tells the same", async (size) => {
  expect(await followed("answered", begin(""), size)).toEqual(await followed("answered"));
});

test("what is behind each event can be seen, and no event takes a step back", async () => {
  let state = begin("What is alpha?");
  const active: string[] = [];
  for (const event of await recordedEvents("answered")) {
    const next = follow(state, event);
    expect(next.run.steps.length).toBeGreaterThanOrEqual(state.run.steps.length);
    if (next.run.active !== state.run.active) active.push(next.run.active ?? "");
    state = next;
  }
  expect(active).toEqual(["generate", "parse-tool-call", "web-search", "generate", ""]);
});

test("a run that waits for a person, and goes on with what they put in its place", async () => {
  const waiting = await followed("asked");
  expect(seen(waiting.run)).toMatchInlineSnapshot(`
    [
      "waiting, web-search",
      "reasoning: Let me look.",
      "search: beta facts asked",
    ]
  `);
  expect(waiting.asked.map(({ value }) => value)).toEqual([
    {
      type: "approve-search",
      question: "What is beta?",
      queries: ["beta facts"],
      engine: "tavily",
      searchesLeft: 5,
    },
  ]);
  const over = await followed("resumed", goneOn(waiting));
  expect(over.asked).toEqual([]);
  expect(seen(over.run)).toMatchInlineSnapshot(`
    [
      "ended",
      "reasoning: Let me look.",
      "search: beta facts not-run; gamma found 1",
      "splice: 1",
      "reasoning: I know.",
      "answer: It is so [1], not [2].",
      "source 1: About gamma, All about gamma.",
      "said: It is so [[1]](https://example.org/gamma), not.",
      "mark 1: unclear",
      "mark 2: unknown",
      "ended: answered",
    ]
  `);
});

test("each agent of a team is followed by itself", async () => {
  const { run, parts } = await followed("team");
  expect(parts.map((part) => part.run.question)).toEqual(["What is delta?", "What is epsilon?"]);
  expect(parts.map((part) => seen(part.run))).toMatchInlineSnapshot(`
    [
      [
        "ended",
        "reasoning: Let me look.",
        "search: delta facts found 1",
        "splice: 1",
        "reasoning: I know.",
        "answer: It is so [1], not [2].",
        "source 1: About delta facts, All about delta facts.",
        "said: It is so [[1]](https://example.org/delta-facts), not.",
        "mark 1: unclear",
        "mark 2: unknown",
        "ended: answered",
      ],
      [
        "ended",
        "reasoning: Let me look.",
        "search: epsilon facts found 1",
        "splice: 1",
        "reasoning: I know.",
        "answer: It is so [1], not [2].",
        "source 1: About epsilon facts, All about epsilon facts.",
        "said: It is so [[1]](https://example.org/epsilon-facts), not.",
        "mark 1: unclear",
        "mark 2: unknown",
        "ended: answered",
      ],
    ]
  `);
  expect(seen(run)).toMatchInlineSnapshot(`
    [
      "ended",
      "source 1: About delta facts, All about delta facts.",
      "source 2: About epsilon facts, All about epsilon facts.",
      "said: ## What is delta?

    It is so [[1]](https://example.org/delta-facts), not.

    ## What is epsilon?

    It is so [[2]](https://example.org/epsilon-facts), not.",
      "mark 1: unclear",
      "mark null: unknown",
      "mark 2: unclear",
      "mark null: unknown",
      "ended: answered",
    ]
  `);
});

test("a model that fails, and a run that the server ends", async () => {
  expect(seen((await followed("failed")).run)).toMatchInlineSnapshot(`
    [
      "ended",
      "said: There is no answer: the model could not go on: The model server at \`http://127.0.0.1:44809/v1\` failed (500: no). Its log says why.",
      "ended: model-error",
      "model-server-error",
    ]
  `);
  const { run, error } = await followed("error");
  expect([seen(run), error]).toMatchInlineSnapshot(`
    [
      [
        "ended",
      ],
      "There is no question: give \`question\`, or end \`messages\` with a human message that has text.",
    ]
  `);
});

test("a run that the server does not know any more is told", () => {
  const { error, run } = follow(begin("What is alpha?"), { name: "error", place: "", data: "Run not found" });
  expect([error, run.status]).toEqual([
    "The server does not know it any more. It may have been started anew.",
    "ended",
  ]);
});

test("a stream that is cut off is at no end, and asks for nothing", async () => {
  const events = await recordedEvents("answered");
  for (let length = 0; length < events.length; length += 1) {
    const { run } = ended(events.slice(0, length).reduce(follow, begin("What is alpha?")));
    expect(run.status).toBe("ended");
    const open = run.steps.flatMap((step) => (step.kind === "search" ? step.queries : []));
    expect(open.filter(({ status }) => status === "asked" || status === "searching")).toEqual([]);
  }
});

test("events of others and events that nobody knows change nothing", () => {
  const before = begin("What is alpha?");
  for (const data of [
    null,
    1,
    "text",
    [],
    {},
    { type: "invented" },
    { type: "toString" },
    { generate: null },
  ]) {
    for (const name of ["custom", "updates", "values", "metadata", "invented"]) {
      expect(follow(before, { name, place: "", data })).toEqual(before);
    }
  }
});

describe("what is kept tells what was streamed", () => {
  test.each(["answered", "resumed"])("%s", async (name) => {
    const live = await followed(name, name === "resumed" ? goneOn(await followed("asked")) : begin(""));
    const { followed: kept, checkpoints, next } = readKept(recordedHistory(name));
    const [first, ...rest] = seen(kept.run);
    // while it is streamed, a source that was not read in full has no text
    expect([first, ...rest]).toEqual(seen({ ...live.run, sources: kept.run.sources }));
    expect(next).toEqual([]);
    expect(checkpoints.map(({ behind }) => behind)).toEqual([
      "finalize",
      "generate",
      "web-search",
      "parse-tool-call",
      "generate",
      "question",
    ]);
  });

  test("a thread that waits asks the same again", async () => {
    const { followed: kept, next, checkpoints } = readKept(recordedHistory("asked"));
    expect(kept.asked).toEqual((await followed("asked")).asked);
    expect(next).toEqual(["web-search"]);
    expect(checkpoints[0]?.asks).toEqual({ kind: "search", values: ["beta facts"] });
  });

  test("a team's", async () => {
    const { followed: kept } = readKept(recordedHistory("team"));
    expect(seen(kept.run)).toEqual(seen((await followed("team")).run));
    expect(kept.parts.map(({ run }) => run.question)).toEqual(["What is delta?", "What is epsilon?"]);
  });

  test("an earlier checkpoint is the run up to there", () => {
    const history = recordedHistory("answered");
    const { checkpoints } = readKept(history);
    const before = checkpoints.find(({ asks }) => asks !== undefined)?.id;
    const { followed: then, next, at } = readKept(history, before);
    expect(seen(then.run)).toMatchInlineSnapshot(`
      [
        "ended",
        "reasoning: Let me look.",
        "search: alpha facts asked",
      ]
    `);
    expect([next, at]).toEqual([["web-search"], before]);
  });
});

function entry(run: string | undefined) {
  return { run_id: run ?? "", status: "running", kwargs: {} };
}

test("a run is joined from where it began: its question, or what a person answered", () => {
  const history = recordedHistory("resumed");
  const runs = [...new Set(history.map(({ metadata }) => metadata.run_id))];
  const [last, first] = runs;
  expect(seen(readBase(history, entry(first)).run)).toEqual(["running"]);
  expect(seen(readBase(history, entry(last)).run)).toMatchInlineSnapshot(`
    [
      "running, web-search",
      "reasoning: Let me look.",
      "search: beta facts asked",
    ]
  `);
});

test("questions before are told with their answers, as text or as blocks", () => {
  const [newest, ...rest] = recordedHistory("answered");
  const messages = [
    { type: "human", content: "Before?" },
    { type: "ai", content: [{ type: "reasoning", reasoning: "Hm." }] },
    { type: "tool", content: "found" },
    {
      type: "ai",
      content: [
        { type: "reasoning", reasoning: "Hm." },
        { type: "text", text: "So." },
      ],
    },
    { type: "human", content: "What is alpha?" },
    { type: "ai", content: "It is so." },
  ];
  const last = snapshotSchema.parse({ ...newest, values: { messages, question: "What is alpha?" } });
  expect(readKept([last, ...rest]).earlier).toEqual([{ question: "Before?", answer: "So." }]);
});
