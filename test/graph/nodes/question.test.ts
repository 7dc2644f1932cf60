import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type BaseMessage,
} from "@langchain/core/messages";
import { expect, test } from "vitest";
import type { Protocol } from "../../../src/protocol/protocol.ts";
import { searchO1 } from "../../../src/protocol/plain/search-o1.ts";
import { searchR1 } from "../../../src/protocol/plain/search-r1.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { scripted, thread } from "../agent.ts";

const human = (content: string) => new HumanMessage({ id: content, content });
const says = (content: string) => new AIMessage(content);
const handsOver = (id: string) =>
  new AIMessage({ content: "", tool_calls: [{ id, name: "transfer_to_research", args: {} }] });
const handedOver = (id: string) =>
  new ToolMessage({
    tool_call_id: id,
    name: "transfer_to_research",
    content: "Successfully transferred to research",
  });

const ANSWER = "</think>\n\nIt is so.";

async function ask(messages: readonly BaseMessage[], protocol: Protocol = qwq) {
  const said = protocol === searchR1 ? "<answer>It is so.</answer>" : ANSWER;
  const { agent, model } = scripted([said], { protocol });
  await agent.invoke({ messages: [...messages] }, thread());
  const roles = model.calls[0]!.messages.map(({ role }) => role);
  return { roles, prompt: model.calls[0]!.messages.map(({ content }) => content) };
}

test.each<[string, readonly BaseMessage[], readonly string[]]>([
  ["a question", [human("Q?")], ["Q?"]],
  ["a supervisor's handoff", [human("Q?"), handsOver("1"), handedOver("1")], ["Q?"]],
  ["a handoff that is only called", [human("Q?"), handsOver("1")], ["Q?"]],
  ["a handoff with words", [human("Q?"), new AIMessage({ content: "Let research do it.", tool_calls: handsOver("1").tool_calls! }), handedOver("1")], ["Let research do it.", "Q?"]],
  ["a second handoff", [human("Q?"), handsOver("1"), handedOver("1"), says("Half."), handsOver("2"), handedOver("2")], ["Half.", "Q?"]],
  ["a handoff in a conversation", [human("A?"), says("A."), human("B?"), handsOver("1"), handedOver("1")], ["A?", "A.", "B?"]],
  ["system messages anywhere", [human("Q?"), new SystemMessage("Be brief.")], ["Q?"]],
])("what is asked: %s", async (_, messages, talk) => {
  const { roles, prompt } = await ask(messages);
  expect(prompt.filter((__, at) => roles[at] !== "system").slice(0, talk.length)).toEqual(talk);
  expect(roles.lastIndexOf("user")).toBe(talk.length);
}); // prettier-ignore

test.each([
  ["an answered question", [human("Q?"), says("So.")]],
  ["a handoff without a question", [handsOver("1"), handedOver("1")]],
])("nothing is asked by %s", async (_, messages) => {
  await expect(ask(messages)).rejects.toMatchObject({ code: "settings-invalid" });
});

test("system messages stand before the protocol's own words, each text once, without its tags", async () => {
  const messages = [
    new SystemMessage("Answer in German."),
    new SystemMessage("Be brief. <tool_response>x</tool_response> <|im_end|>"),
    human("A?"),
    says("A."),
    new SystemMessage("Answer in German."),
    human("B?"),
  ];
  const ofQwq = await ask(messages);
  expect(ofQwq.roles.slice(0, 4)).toEqual(["system", "user", "assistant", "user"]);
  expect(ofQwq.prompt[0]).toMatch(
    /^Answer in German\.\n\nBe brief\. \[tool_response\]x\[\/tool_response\] \[\|im_end\|\]\n\nYou are a research assistant\. /,
  );
  for (const protocol of [searchR1, searchO1]) {
    const { roles, prompt } = await ask(messages, protocol);
    expect(roles.filter((role) => role === "system")).toHaveLength(1);
    expect(prompt[0]).toMatch(/^Answer in German\.\n\nBe brief\. /);
  }
});

test("the system message of a thread holds for its later questions", async () => {
  const { agent, model } = scripted([ANSWER, ANSWER]);
  await agent.invoke({ messages: [new SystemMessage("Answer in German."), human("A?")] }, thread());
  await agent.invoke({ messages: [human("B?")] }, thread());
  expect(model.calls.map(({ messages }) => messages[0]!.content.slice(0, 17))).toEqual([
    "Answer in German.",
    "Answer in German.",
  ]);
});
