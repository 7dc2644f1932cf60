import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { Command } from "@langchain/langgraph";
import { expect, test } from "vitest";
import type { AgenticRag } from "../../../src/graph/graph.ts";
import type { ScriptedModel } from "../../../src/model/scripted.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { call, thread } from "../agent.ts";
import { drawing, drawn } from "./drawn.ts";
import { isPaired } from "./paired.ts";

const says = (answer: string): string => `I know.\n</think>\n\nIt is ${answer} [1].`;

/** Where a chat UI regenerates a message from: the state before the one that it is first seen in. */
async function beforeMessage(agent: AgenticRag, id: string) {
  const states = [];
  for await (const state of agent.getStateHistory(thread())) states.push(state);
  const first = states.findLast(({ values }) =>
    (values as RunState).messages?.some((message) => message.id === id),
  );
  return { config: first!.parentConfig!, question: first!.config };
}

async function messagesOf(agent: AgenticRag): Promise<BaseMessage[]> {
  return ((await agent.getState(thread())).values as RunState).messages;
}

/** What was said before and is asked now, as the model is shown it. */
function talkOf({ calls }: ScriptedModel, request: number): string[] {
  const { messages } = calls[request]!;
  return messages.slice(0, -1).flatMap(({ role, content }) => (role === "system" ? [] : [content]));
}

const last = (messages: readonly BaseMessage[]): string => messages.at(-1)!.text;

test.each([
  ["the answer", (messages: readonly BaseMessage[]) => messages.at(-1)!, 1],
  ["the second call", (messages: readonly BaseMessage[]) => messages[3]!, 2],
  ["the first call", (messages: readonly BaseMessage[]) => messages[1]!, 3],
])("from before %s, the model is asked anew", async (_, pick, requests) => {
  const run = [call("a"), call("b"), says("7")];
  const { agent, model } = drawing([...run, ...run.slice(3 - requests).toSpliced(-1, 1, says("8"))]);
  const { messages } = await agent.invoke({ question: "Q?" }, thread());
  const { config } = await beforeMessage(agent, pick(messages).id!);
  await agent.invoke(null, config);
  expect(model.calls).toHaveLength(3 + requests);
  expect(model.calls.at(-1)!.prompt).toBe(model.calls[2]!.prompt);
  const again = await messagesOf(agent);
  expect(last(again)).toBe("It is 8 [[1]](https://example.org/a).");
  expect(isPaired(again)).toBe(true);
  expect(again.map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai", "tool", "ai"]);
});

test("from the question, and with the question edited", async () => {
  const { agent, model } = drawing([call("a"), says("7"), call("b"), says("8"), call("c"), says("9")]);
  const { messages } = await agent.invoke(
    { messages: [new HumanMessage({ id: "q", content: "Q?" })] },
    thread(),
  );
  const { question, config } = await beforeMessage(agent, messages[0]!.id!);
  await agent.invoke(null, question);
  expect(last(await messagesOf(agent))).toBe("It is 8 [[1]](https://example.org/b).");
  await agent.invoke({ messages: [new HumanMessage("Another?")] }, config);
  expect(drawn(await messagesOf(agent)).at(0)).toBe("human: Another?");
  expect((await messagesOf(agent)).filter(({ type }) => type === "human")).toHaveLength(1);
  expect(talkOf(model, 4)).toEqual(["Another?"]);
});

test("the same question again, from before it", async () => {
  const { agent, model } = drawing([call("a"), says("7"), "So.\n</think>\n\nI cannot tell."]);
  const asked = { messages: [new HumanMessage({ id: "q", content: "Q?" })] };
  await agent.invoke(asked, thread());
  const { config } = await beforeMessage(agent, "q");
  await agent.invoke(asked, config);
  expect(model.calls[2]!.prompt).toBe(model.calls[0]!.prompt);
  expect(drawn(await messagesOf(agent))).toEqual(["human: Q?", "ai: (So.\n) I cannot tell."]);
});

test("a run that was ended while it searched leaves no call behind for the next question", async () => {
  const controller = new AbortController();
  const engine = {
    name: "pages",
    search: async () => {
      controller.abort();
      throw new DOMException("ended", "AbortError");
    },
  };
  const { agent, model } = drawing([`Hm.\n${call("a")}`, says("7")], { engine });
  await expect(agent.invoke({ question: "Q?" }, { ...thread(), signal: controller.signal })).rejects.toThrow(
    /abort|ended/i,
  );
  expect(drawn(await messagesOf(agent))).toEqual(["human: Q?", "ai: (Hm.\n) web_search(a)"]);
  await agent.invoke({ messages: [new HumanMessage("And then?")] }, thread());
  const messages = await messagesOf(agent);
  expect(drawn(messages).slice(0, 3)).toEqual(["human: Q?", "ai: (Hm.\n)", "human: And then?"]);
  expect(isPaired(messages)).toBe(true);
  expect(talkOf(model, 1)).toEqual(["Q?", "And then?"]);
});

test("what a chat UI puts in the place of a missing reply is no question and no part of the prompt", async () => {
  const { agent, model } = drawing([call("a"), says("7")], { limits: { approveSearches: true } });
  await agent.invoke({ question: "Q?" }, thread());
  const [{ id = "" } = {}] = (await messagesOf(agent))
    .filter((message) => AIMessage.isInstance(message))
    .flatMap(({ tool_calls: calls }) => calls ?? []);
  const handled = new ToolMessage({
    id: "do-not-render-1",
    tool_call_id: id,
    name: "web_search",
    content: "Successfully handled tool call.",
  });
  await agent.invoke({ messages: [handled, new HumanMessage("And then?")] }, thread());
  expect(talkOf(model, 1)).toEqual(["Q?", "And then?"]);
  expect(isPaired(await messagesOf(agent))).toBe(true);
});

test.each([
  ["approved", { decision: "approve" }, ["tool success: 1 About a"]],
  [
    "edited",
    { decisions: [{ type: "edit", edited_action: { name: "web_search", args: { query: "b" } } }] },
    ["tool success: It was not sent: the user put another query in its place. | b | 1 About b"],
  ],
  [
    "denied",
    { decision: "deny", reason: "Too dear" },
    ["tool error: It was not sent: the user did not allow it, and says: Too dear."],
  ],
])(
  "a search that waits for a person is drawn while it waits, and answered when it is %s",
  async (_, resume, tools) => {
    const { agent } = drawing([call("a"), "So.\n</think>\n\nI cannot tell."], {
      limits: { approveSearches: true },
    });
    await agent.invoke({ question: "Q?" }, thread());
    expect(drawn(await messagesOf(agent))).toEqual(["human: Q?", "ai: web_search(a)"]);
    await agent.invoke(new Command({ resume }) as never, thread());
    expect(drawn(await messagesOf(agent)).slice(2)).toEqual([...tools, "ai: (So.\n) I cannot tell."]);
  },
);

test("an answer that no finalize has checked is no answer to a later question", async () => {
  const { agent, model } = drawing([says("7"), says("8")]);
  await agent.invoke({ question: "Q?" }, { ...thread(), interruptBefore: ["finalize"] });
  expect(drawn(await messagesOf(agent))).toEqual(["human: Q?", "ai: (I know.\n) It is 7 [1]."]);
  await agent.invoke({ messages: [new HumanMessage("And then?")] }, thread());
  expect(talkOf(model, 1)).toEqual(["Q?", "And then?"]);
  expect(drawn(await messagesOf(agent))).toEqual([
    "human: Q?",
    "ai: (I know.\n)",
    "human: And then?",
    "ai: (I know.\n) It is 8.",
  ]);
});

test("messages are deleted and put in by an edit of the thread", async () => {
  const { agent, model } = drawing([call("a"), says("7"), says("8")]);
  await agent.invoke({ question: "Q?" }, thread());
  const before = await messagesOf(agent);
  const gone = before.slice(0, 4).map(({ id }) => ({ type: "remove", id }));
  await agent.updateState(thread(), { messages: [...gone, { role: "user", content: "What of it?" }] });
  expect(drawn(await messagesOf(agent))).toEqual(["human: What of it?"]);
  expect((await messagesOf(agent))[0]!.id).toBeTruthy();
  await agent.invoke({ messages: [new HumanMessage("And then?")] }, thread());
  expect(talkOf(model, 2)).toEqual(["What of it?", "And then?"]);
});
