import { describe, expect, test } from "vitest";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { ask, call, pagesEngine, scripted } from "../agent.ts";
import { ANSWER, context, knownPages, open } from "../pages/paged.ts";

// Parts of the user's own may give whatever their types say: they may be written in JavaScript, or hand an API's reply on.

const RESULT = { title: "A", url: "https://example.org/a", text: "All about a." };
const found = (more: object) => ({ status: "found", results: [{ ...RESULT, ...more }] });
const attempt = { engine: "own", from: "engine", status: "found", waitedMs: 0, milliseconds: 1 };

const OUTCOMES: readonly [wrong: string, outcome: unknown][] = [
  ["Invalid input: expected object, received undefined", undefined],
  ["Invalid input: expected object, received null", null],
  ["Invalid input: expected object, received string", "All about a."],
  ["Invalid input: expected object, received array", [RESULT]],
  ["status: Invalid discriminator value. Expected 'found' | 'nothing' | 'failed'", { results: [RESULT] }],
  ["status: Invalid discriminator value. Expected 'found' | 'nothing' | 'failed'", { status: "ok" }],
  ["results: Invalid input: expected array, received undefined", { status: "found" }],
  ["results: Invalid input: expected array, received object", { status: "found", results: RESULT }],
  ["results.0: Invalid input: expected object, received string", { status: "found", results: ["a"] }],
  ["results.0.title: Invalid input: expected string, received undefined", found({ title: undefined })],
  ["results.0.url: Invalid input: expected string, received null", found({ url: null })],
  ["results.0.text: Invalid input: expected string, received number", found({ text: 7 })],
  ["results.0.text: Invalid input: expected string, received array", found({ text: ["a"] })],
  ["results.0.date: Invalid input: expected string, received null", found({ date: null })],
  ["results.0.date: Invalid input: expected string, received Date", found({ date: new Date(0) })],
  ["failure: Invalid input: expected object, received undefined", { status: "failed" }],
  ["failure: Invalid input: expected object, received string", { status: "failed", failure: "down" }],
  [
    "failure.message: Invalid input: expected string, received undefined",
    { status: "failed", failure: { kind: "timeout" } },
  ],
  ["note: Invalid input: expected string, received number", { ...found({}), note: 7 }],
  [
    "attempts.0.waitedMs: Invalid input: expected number, received string",
    { ...found({}), attempts: [{ ...attempt, waitedMs: "0" }] },
  ],
  [
    "reranking.by: Invalid input: expected string, received undefined",
    { ...found({}), reranking: { milliseconds: 1, order: [] } },
  ],
];

describe("what an engine gives and is no outcome is a failed search, and enters nothing", () => {
  test.each(OUTCOMES)("%s", async (wrong, outcome) => {
    const engine = Object.assign(pagesEngine(), { search: async () => outcome });
    const { agent } = scripted([call("a"), "I do not know.\n</think>\n\nI do not know."], { engine });
    const { state } = await ask(agent, "Q?");
    const reason = `The search engine pages gave what is no SearchOutcome: ${wrong}. Mend what it returns.`;
    expect(state.queries).toMatchObject([{ query: "a", status: "failed", reason, sources: [] }]);
    expect(state).toMatchObject({ sources: [], searches: 1 });
  });
});

test("what an engine gives besides is left out", async () => {
  const outcome = { ...found({ score: 0.9, raw: { html: "<b>" } }), took: 7 };
  const engine = Object.assign(pagesEngine(), { search: async () => outcome });
  const { agent } = scripted([call("a"), ANSWER], { engine });
  const { state } = await ask(agent, "Q?");
  expect(state.sources).toEqual([{ number: 1, ...RESULT }]);
});

const PAGE = { url: "https://example.org/a", title: "A", text: "All about a.", links: [] };

const PAGES: readonly [wrong: string, outcome: unknown][] = [
  ["Invalid input: expected object, received undefined", undefined],
  ["status: Invalid discriminator value. Expected 'read' | 'failed'", PAGE],
  ["page: Invalid input: expected object, received undefined", { status: "read" }],
  [
    "page.text: Invalid input: expected string, received null",
    { status: "read", page: { ...PAGE, text: null } },
  ],
  [
    "page.links.0: Invalid input: expected string, received object",
    { status: "read", page: { ...PAGE, links: [{ href: "/b" }] } },
  ],
  ["failure: Invalid input: expected object, received undefined", { status: "failed" }],
];

describe("what a reader of pages gives and is no page is a page that could not be read", () => {
  test.each(PAGES)("%s", async (wrong, outcome) => {
    const { reader } = knownPages(() => ({ text: "" }));
    const pageReader = Object.assign(reader, { read: async () => outcome });
    const { agent } = scripted([call("a"), open("https://example.org/a"), ANSWER], { pageReader });
    const { state } = await ask(agent, "Q?", { context });
    const reason = `The page reader ${reader.name} gave what is no PageOutcome: ${wrong}. Mend what it returns.`;
    expect(state.readings).toMatchObject([{ status: "failed", kind: "bad-reply", reason, source: null }]);
  });
});

const END = { type: "end", finishReason: "stop", usage: {} };
const TEXT = { type: "text", text: "</think>\n\nYes." };

const CHUNKS: readonly [wrong: string, chunks: readonly unknown[]][] = [
  ["Invalid input: expected object, received string", ["</think>\n\nYes."]],
  ["type: Invalid discriminator value. Expected 'text' | 'end'", [{ text: "</think>\n\nYes." }]],
  ["text: Invalid input: expected string, received undefined", [{ type: "text" }]],
  ["tokenIds.0: Invalid input: expected number, received string", [{ ...TEXT, tokenIds: ["1"] }]],
  ['finishReason: Invalid option: expected one of "stop"|"length"', [TEXT, { ...END, finishReason: "eos" }]],
  ["usage: Invalid input: expected object, received undefined", [TEXT, { ...END, usage: undefined }]],
  [
    "usage.promptTokens: Invalid input: expected number, received string",
    [TEXT, { ...END, usage: { promptTokens: "12", completionTokens: 3 } }],
  ],
  [
    "usage.completionTokens: Invalid input: expected int, received number",
    [TEXT, { ...END, usage: { promptTokens: 12, completionTokens: 0.5 } }],
  ],
];

describe("what a model gives and is no chunk ends the run as its failure", () => {
  test.each(CHUNKS)("%s", async (wrong, chunks) => {
    const model = Object.assign(createScriptedModel([]), {
      async *continueText() {
        yield* chunks;
      },
    });
    const { agent } = scripted([], { model });
    const { state } = await ask(agent, "Q?");
    expect(state).toMatchObject({
      answered: false,
      stopReason: "model-error",
      failure: {
        code: "model-bad-reply",
        message: `The model gave what is no ModelChunk: ${wrong}. Mend what its continueText gives.`,
      },
    });
  });
});

test("nor does what it says of itself enter unread", async () => {
  const model = Object.assign(createScriptedModel([]), {
    describe: async () => ({ family: "own", name: "own", contextTokens: "32768" }),
  });
  const { agent } = scripted([], { model });
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({
    answered: false,
    stopReason: "model-error",
    failure: {
      code: "model-bad-reply",
      message:
        "The model gave what is no ModelDescription: contextTokens: Invalid input: expected number, received string. Mend what its describe gives.",
    },
  });
});
