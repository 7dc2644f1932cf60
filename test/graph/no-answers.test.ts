import { describe, expect, test } from "vitest";
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
