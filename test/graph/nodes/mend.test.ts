import { expect, test } from "vitest";
import { createAnswerContent } from "../../../src/graph/answer-content.ts";
import { ask, call, scripted } from "../agent.ts";

const WRONG = "</think>\n\nThis is all about a [1]. It opened in 1999 [1].";
const RIGHT = "This is all about a [1].";
const MENDS = { context: { mendAnswer: true } };
const TOLD = `

I check my answer. The sources that I cite do not support this:
- "It opened in 1999.": "1999" is not what the source gives
I write the whole answer again, only with what the sources say, and leave out or correct what they do not.

`;

test("an answer is written again without what no source supports, once, and that is counted", async () => {
  const { agent, model } = scripted([call("a"), WRONG, RIGHT]);
  const { state, events } = await ask(agent, "What is a?", MENDS);
  expect(state).toMatchObject({
    answer: "This is all about a [[1]](https://example.org/a).",
    answered: true,
    stopReason: "answered",
    spent: null,
    mends: 1,
    repairs: 0,
  });
  expect(state.citations.map(({ verdict }) => verdict)).toEqual(["unclear"]);
  expect(state.transcript.slice(-3)).toEqual([
    { origin: "model", text: WRONG, noAnswer: true },
    { origin: "runtime", text: TOLD },
    { origin: "model", text: RIGHT },
  ]);
  expect(events).toContainEqual({ type: "answer-mended", unsupported: 1, left: 0, kept: true });
  const prompts = model.calls.map(({ prompt }) => prompt);
  expect(prompts[2]).toBe(`${prompts[1]}${WRONG}${TOLD}`);

  // nothing of the first answer was shown
  const content = createAnswerContent();
  for (const event of events) {
    if (event.type === "answer-end") content.finish(event);
    else content.take(event);
  }
  expect(content.sent).toBe(state.answer);
});

test("what is no better leaves the first answer as it was", async () => {
  const { agent } = scripted([call("a"), WRONG, "It opened in 2001 [1]. It closed in 2002 [1]."]);
  const { state, events } = await ask(agent, "What is a?", MENDS);
  expect(state).toMatchObject({ stopReason: "answered", mends: 1 });
  expect(state.answer).toContain("It opened in 1999");
  expect(state.transcript.at(-1)).toEqual({ origin: "model", text: WRONG });
  expect(events).toContainEqual({ type: "answer-mended", unsupported: 1, left: 2, kept: false });
});

test.each([
  ["it was not asked for", {}, WRONG],
  ["nothing is unsupported", MENDS, `</think>\n\n${RIGHT}`],
])("the model is not asked again where %s", async (_, options, answer) => {
  const { agent, model } = scripted([call("a"), answer]);
  const { state } = await ask(agent, "What is a?", options);
  expect(state).toMatchObject({ stopReason: "answered", mends: 0 });
  expect(model.calls).toHaveLength(2);
});

test("nor where a budget is spent", async () => {
  const { agent, model } = scripted([call("a"), WRONG]);
  const { state } = await ask(agent, "What is a?", { context: { mendAnswer: true, maxTokens: 16 } });
  expect(state.mends).toBe(0);
  expect(model.calls.length).toBeLessThanOrEqual(2);
});

test("the next question of a thread is counted by itself", async () => {
  const { agent } = scripted([call("a"), WRONG, RIGHT, "</think>\n\nYes."]);
  const first = await ask(agent, "What is a?", MENDS);
  expect(first.state.mends).toBe(1);
  const second = await ask(agent, "And again?", MENDS);
  expect(second.state.mends).toBe(0);
});
