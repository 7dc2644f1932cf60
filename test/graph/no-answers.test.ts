import { describe, expect, test } from "vitest";
import { createAnswerContent } from "../../src/graph/answer-content.ts";
import { protocols } from "../../src/protocol/index.ts";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { ask, call, scripted } from "./agent.ts";

const QWEN =
  "<tool_call>\n<function=web_search>\n<parameter=query>\nb\n</parameter>\n</function>\n</tool_call>";
const GLM = "<tool_call>web_search\n<arg_key>query</arg_key>\n<arg_value>b</arg_value>\n</tool_call>";
const BARE = '{"name": "web_search", "arguments": {"query": "b"}}';
const UNREADABLE = "<tool_call>\nnothing that can be read\n</tool_call>";

const LED_UP: readonly (readonly [string, string])[] = [
  ["a preamble", `I need to search again:\n${call("b")}`],
  ["a preamble behind the reasoning", `Well.\n</think>\n\nLet me look that up once more.\n\n${call("b")}`],
  ["a preamble in another language", `</think>\n\nIch muss noch einmal suchen:\n${call("b")}`],
  ["a Qwen call", `</think>\n\nI need to search again:\n${QWEN}`],
  ["a GLM call", `</think>\n\nI need to search again:\n${GLM}`],
  ["a bare call", `</think>\n\n${BARE}`],
  ["a call that cannot be read", `</think>\n\nOne more search:\n${UNREADABLE}`],
  ["a call that is cut off", `</think>\n\nOne more search:\n<tool_call>\n{"action": "web_sea`],
];

describe("once the searches are spent", () => {
  test.each(LED_UP)("%s is no answer, whatever stop strings do", async (_what, text) => {
    for (const stop of ["ignore", "exclude", "include"] as const) {
      const model = createScriptedModel([call("a"), ...Array.from({ length: 20 }, () => text)], { stop });
      const { agent, asked } = scripted([], { model });
      const { state } = await ask(agent, "Q?", { context: { maxSearches: 1 } });
      expect(asked).toEqual(["a"]);
      expect(state).toMatchObject({ answered: false, searches: 1 });
      expect(state.answer).toMatch(/^There is no answer: /);
      expect(state.answer).toContain("All about a. [[1]](https://example.org/a)");
      expect(["search-budget", "repair-budget"]).toContain(state.stopReason);
    }
  });

  test("an answer behind such a preamble counts alone", async () => {
    const { agent } = scripted([
      call("a"),
      call("b"),
      `</think>\n\nI need to search again:\n${call("c")}`,
      "It is 7 [1].",
    ]);
    const { state } = await ask(agent, "Q?", { context: { maxSearches: 1 } });
    expect(state).toMatchObject({ answered: true, stopReason: "search-budget" });
    expect(state.answer).toBe("It is 7 [[1]](https://example.org/a).");
  });
});

test.each(Object.values(protocols))(
  "a $name model that echoes what it is told gives no answer",
  async (protocol) => {
    const { prefix: before } = protocol.open({
      question: "Q?",
      history: [],
      date: "2025-03-06",
      maxSearches: 5,
    });
    const echo = protocol.nudge(before, "undecided").trim();
    const told = protocol.nudge(before, "no-answer").trim();
    const { agent } = scripted(["", echo, told, told, told], { protocol });
    const { state } = await ask(agent, "Q?");
    expect(state).toMatchObject({ answered: false, stopReason: "no-answer" });
  },
);

test("a loop is no answer", async () => {
  const loop = "The same words again and again. ".repeat(200);
  const { agent } = scripted([`</think>\n\n${loop}`, loop, loop]);
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ answered: false, stopReason: "repetition" });
});

test("an answer behind a loop counts without it", async () => {
  const loop = "The same words again and again. ".repeat(200);
  const { agent } = scripted([`</think>\n\n${loop}`, "\n\nIt is 7."]);
  const { state, events } = await ask(agent, "Q?");
  expect(state).toMatchObject({ answered: true, stopReason: "repetition", answer: "It is 7." });
  expect(events.filter(({ type }) => type === "answer-withdrawn")).toHaveLength(1);
  expect(state.transcript.map(({ origin, noAnswer = false }) => [origin, noAnswer])).toEqual([
    ["runtime", false],
    ["model", true],
    ["model", false],
  ]);
});

test("a short answer that the runtime happens to have written too is an answer", async () => {
  const { agent } = scripted([call("a"), call("b"), "</think>\n\n0"]);
  const { state } = await ask(agent, "Q?", { context: { maxSearches: 1 } });
  expect(state).toMatchObject({ answered: true, answer: "0" });
});

test.each([
  ["Not found in the sources.", "not-found"],
  ["**Not found in the sources**: none of them names a price.", "not-found"],
  ["In den Quellen nicht gefunden.", "not-found"],
  ["在来源中没有找到答案。", "not-found"],
  ["The closest passage, which may not answer it:\n\nAll about a. [1]", "passage"],
])("a model that writes “%s” has not answered: %s", async (written, stopReason) => {
  const { agent } = scripted([call("a"), `</think>\n\n${written}`]);
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ answered: false, stopReason });
  expect(state.answer.startsWith(written.slice(0, 20))).toBe(true);
});

test("an answer that speaks of such words is one", async () => {
  const { agent } = scripted([call("a"), "</think>\n\nThe error reads “Not found in the sources” [1]."]);
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ answered: true, stopReason: "answered" });
});

const place = { number: 1, title: "Notes", url: "https://notes.example/1" };

test.each([
  ["Not found in the sources: they say nothing about “Mars”.", "not-found"],
  [
    "The closest passage, which may not answer it:\n\nThe lamp is blue [[1]](https://notes.example/1).",
    "passage",
  ],
  [`The closest passage, which may not answer it:\n\n${"The lamp is blue. ".repeat(60)}`.trim(), "passage"],
] as const)("what is written in place of an answer is streamed once: %s", (answer, stopReason) => {
  const content = createAnswerContent();
  content.take({
    type: "search-end",
    query: "lamp",
    engine: "local",
    status: "found",
    sources: [place],
    attempts: [],
    milliseconds: 1,
  });
  const written = answer.replace("[[1]](https://notes.example/1)", "[1]");
  const pieces = (written.match(/.{1,9}/gsu) ?? []).map((text) =>
    content.take({ type: "answer-delta", text }),
  );
  pieces.push(
    content.finish({ type: "answer-end", answer, answered: false, citations: [], uncited: [], stopReason }),
  );
  expect(pieces.map((piece) => piece.content).join("")).toBe(answer);
  expect(pieces.map((piece) => piece.reasoning).join("")).toBe("");
});

const SAID_BACK: readonly (readonly [string, string])[] = [
  ["the nudge, broken off", "</think>\n\nIf I need to look something up, I write the"],
  ["the nudge, over and over", "</think>\n\nOtherwise I answer. Otherwise I answer. Otherwise I answer."],
  ["the question", "</think>\n\nWhere was the Porta Nigra built, and by whom?"],
  ["the question with a label", "</think>\n\nQuestion: Where was the Porta Nigra built, and by whom?"],
];

test.each(SAID_BACK)("%s said back is no answer", async (_what, text) => {
  const { agent } = scripted(["Hm.", text, text, text, text, text]);
  const { state } = await ask(agent, "Where was the Porta Nigra built, and by whom?");
  expect(state).toMatchObject({ answered: false });
  expect(state.answer).toMatch(
    /^There is no answer: .* It wrote no call in \d+ tries: it may not know how searches are asked for\. Take a larger model/,
  );
});

test.each(["Who are you?", "你是谁？", "من أنت؟", "Quién?"])(
  "nor is the short question %s",
  async (question) => {
    const said = `</think>\n\n${question}`;
    const { agent } = scripted(["Hm.", said, said, said, said, said]);
    expect((await ask(agent, question)).state).toMatchObject({ answered: false, stopReason: "no-answer" });
  },
);

test.each([
  ["short", "</think>\n\n" + "I am a person. ".repeat(12)],
  ["alternating", "</think>\n\n" + "I am a person. I am not sure about it. ".repeat(12)],
  ["in the reasoning alone", "I am a person. ".repeat(30)],
])("a loop that ends by itself is no answer: %s", async (_what, text) => {
  const { agent } = scripted([text, text, text, text]);
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ answered: false, stopReason: "repetition" });
  expect(state.answer).toMatch(
    /^There is no answer: the model wrote the same piece over and over\. It wrote no call in/,
  );
});
