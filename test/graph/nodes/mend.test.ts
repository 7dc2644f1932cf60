import { expect, test } from "vitest";
import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { createAnswerContent } from "../../../src/graph/answer-content.ts";
import { protocols } from "../../../src/protocol/index.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { ask, call, scripted, served, thread } from "../agent.ts";

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

const LONGER = "</think>\n\nIt opened in 1999 [1]. It closed in 2002 [1].";
const [LINKED, LINKED_WRONG] = [RIGHT, "This is all about a [1]. It opened in 1999 [1]."].map((text) =>
  text.replaceAll("[1]", "[[1]](https://example.org/a)"),
);

test.each([
  ["the mended answer", [WRONG, RIGHT], LINKED],
  ["the first answer where the other is no better", [WRONG, LONGER.slice(10)], LINKED_WRONG],
  ["the first answer where that is cut off", [WRONG, { text: RIGHT, finishReason: "length" as const }], LINKED_WRONG],
  ["the first answer where nothing has to be mended", [`</think>\n\n${RIGHT}`], LINKED],
])("LangGraph's messages stream shows %s, once, and no other", async (_, said, kept) => {
  for (const chunkSize of [1, 7, 1000]) {
    const model = createScriptedModel([`Hm.\n</think>\n\nI look.\n${call("a")}`, ...said], { chunkSize });
    const { agent } = scripted([], { model });
    const seen = { reasoning: "", text: "" };
    const answers = new Set<string | undefined>();
    const config = { ...thread(), ...MENDS, streamMode: "messages" as const };
    for await (const [message] of await agent.stream({ question: "What is a?" }, config)) {
      if (!AIMessage.isInstance(message) && !AIMessageChunk.isInstance(message)) continue;
      if (message.text !== "") answers.add(message.id);
      seen.text += message.text;
      for (const block of message.contentBlocks) {
        if (block.type === "reasoning") seen.reasoning += block.reasoning;
      }
    }
    expect(seen).toEqual({ reasoning: "Hm.\nI look.\n", text: kept });
    const { messages } = (await agent.getState(thread())).values;
    expect([...answers]).toEqual([messages.at(-1).id]);
    expect(messages.at(-1).text).toBe(kept);
  }
}); // prettier-ignore

test("nor does any other stream of the run show what was mended", async () => {
  const model = createScriptedModel([call("a"), WRONG, RIGHT], { chunkSize: 1 });
  const { agent } = scripted([], { model });
  const shown: string[] = [];
  const events = agent.streamEvents({ question: "What is a?" }, { ...thread(), ...MENDS, version: "v2" });
  for await (const { event, data } of events) {
    if (event === "on_chat_model_stream") shown.push(data.chunk.text);
  }
  expect(shown.join("")).toBe("");
});

test("what led up to a call is reasoning, also where an answer could be mended", async () => {
  const { agent } = scripted([`Hm.\n</think>\n\nI look.\n${call("a")}`, `</think>\n\n${RIGHT}`]);
  const { events } = await ask(agent, "What is a?", MENDS);
  const shown = events.filter(({ type }) => type.endsWith("-delta"));
  expect(shown).toEqual([
    { type: "reasoning-delta", text: "Hm.\n" },
    { type: "reasoning-delta", text: "I look.\n" },
    { type: "answer-delta", text: RIGHT },
  ]);
});

test("an answer whose marks were only left out is no better", async () => {
  const { agent } = scripted([call("a"), WRONG, "This is all about a [1]. It opened in 1999."]);
  const { state, events } = await ask(agent, "What is a?", MENDS);
  expect(state.answer).toBe(LINKED_WRONG);
  expect(events).toContainEqual({ type: "answer-mended", unsupported: 1, left: 0, kept: false });
});

test.each([
  ["tokens", { text: "This is all about a [1]. And", finishReason: "length" as const }, {}],
  ["seconds", { text: RIGHT, fault: { kind: "stall" as const, after: 0 } }, { maxSeconds: 1 }],
])("the first answer stands where the %s are spent while it is mended, and all are counted", async (_, mend, limits) => {
  const { agent, completions } = await served(
    [call("a"), WRONG, mend, mend],
    () => [{ title: "About a", url: "https://example.org/a", content: "All about a." }],
    { clock: () => performance.now() },
  );
  const { state, events } = await ask(agent, "What is a?", { context: { mendAnswer: true, ...limits } });
  expect(state).toMatchObject({ answer: LINKED_WRONG, stopReason: "answered", spent: null, mends: 1 });
  expect(completions.requests.length).toBeGreaterThan(2);
  expect(state.usage.modelRequests).toBeGreaterThan(2);
  expect(events).toContainEqual({ type: "answer-mended", unsupported: 1, left: null, kept: false });
}); // prettier-ignore

test("the second answer gets what tokens the first has left", async () => {
  const usage = { promptTokens: 10, completionTokens: 30 };
  const { agent, model } = scripted([call("a"), { text: WRONG, usage }, { text: RIGHT, usage }]);
  const { state } = await ask(agent, "What is a?", { context: { mendAnswer: true, maxTokens: 100 } });
  expect(state.mends).toBe(1);
  const spent = Math.ceil(call("a").length / 4);
  expect(model.calls.map(({ options }) => options.maxTokens)).toEqual([80, 80 - spent, 100 - spent - 30]);
});

test("the model is not asked again where a budget is spent", async () => {
  const { agent, model } = scripted([call("a"), WRONG]);
  const { state } = await ask(agent, "What is a?", { context: { mendAnswer: true, maxTokens: 16 } });
  expect(state.mends).toBe(0);
  expect(model.calls.length).toBeLessThanOrEqual(2);
});

test.each(Object.values(protocols).filter(({ mendSide }) => mendSide === undefined))(
  "a run of the protocol $name that asks for it is refused, and one that does not is none the worse",
  async (protocol) => {
    const { agent } = scripted([String.raw`So.</think> \boxed{Seven.} <answer>Seven.</answer>`], {
      protocol,
      limits: { mendAnswer: true },
    });
    await expect(ask(agent, "What is a?", MENDS)).rejects.toThrow(
      `\`mendAnswer\` is set, but an answer of the protocol ${protocol.name} has an end of its own`,
    );
    expect((await ask(agent, "What is a?", { threadId: "other" })).state.mends).toBe(0);
  },
);

test("the next question of a thread is counted by itself", async () => {
  const { agent } = scripted([call("a"), WRONG, RIGHT, "</think>\n\nYes."]);
  const first = await ask(agent, "What is a?", MENDS);
  expect(first.state.mends).toBe(1);
  const second = await ask(agent, "And again?", MENDS);
  expect(second.state.mends).toBe(0);
});
