import { AIMessageChunk } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { TurnPiece } from "../../../src/model/model.ts";
import { createNativeToolsModel } from "../../../src/model/native-tools/native-tools.ts";
import { keepSigned } from "../../../src/model/native-tools/langchain-messages.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { ask, FIXED, pagesEngine, thread } from "../../graph/agent.ts";
import { messagesWire } from "../../servers/messages-wire.ts";
import { startMessagesServer, type MessagesReply } from "../../servers/messages.ts";
import { HELLO } from "../collect.ts";
import { qwqNativeSide } from "./side.ts";
import { anthropic } from "../langchain/prefilled-chat-ask.ts";

const THINKING = { thinking: { type: "enabled", budget_tokens: 1024 }, maxTokens: 2048 } as const;
const thought = (text: string) => ({ text, signature: `signed:${text}` });
const query = (text: string) => ({ arguments: JSON.stringify({ query: text }) });

/** A model of the family over a thinking Claude. */
function thinking(url: string) {
  return createNativeToolsModel({ chatModel: anthropic(url, THINKING), side: qwqNativeSide });
}

const REPLIES: readonly MessagesReply[] = [
  { thinking: thought("Let me look."), text: "One moment.", calls: [query("a")], chunkSize: 4 },
  { thinking: thought("And two more."), calls: [query("b"), query("c")], chunkSize: 4 },
  { thinking: thought("Enough."), text: "It is seven." },
];

test("reasoning that was signed goes back as it came, with the calls behind it", async () => {
  await using server = await startMessagesServer(REPLIES);
  const engine = pagesEngine();
  const agent = createAgenticRag(
    { protocol: qwq, model: thinking(server.url), engine, ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ stopReason: "answered", answer: "It is seven.", searches: 3 });
  expect(engine.asked).toEqual(["a", "b", "c"]);
  expect(state.transcript[1]?.text).toContain("Let me look.");

  const last = server.requests[2]?.body.messages ?? [];
  expect(last.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant", "user"]);
  expect([last[1]?.content, last[3]?.content]).toEqual([
    [
      { type: "thinking", thinking: "Let me look.", signature: "signed:Let me look." },
      { type: "text", text: "One moment." },
      { type: "tool_use", id: "toolu_2", name: "web_search", input: { query: "a" } },
    ],
    [
      { type: "thinking", thinking: "And two more.", signature: "signed:And two more." },
      { type: "tool_use", id: "toolu_1", name: "web_search", input: { query: "b" } },
      { type: "tool_use", id: "toolu_2", name: "web_search", input: { query: "c" } },
    ],
  ]);
  expect(last[4]?.content).toMatchObject([
    { type: "tool_result", tool_use_id: "toolu_1", content: expect.stringContaining('Results for "b"') },
    {
      type: "tool_result",
      tool_use_id: "toolu_2",
      content: expect.stringMatching(/^Answered together with the first of these calls\./),
    },
  ]);
  // each prompt is that of the step before, and more
  expect(last.slice(0, 3)).toEqual(server.requests[1]?.body.messages);
});

test("it is kept although the connection breaks behind the finish", async () => {
  const wire = messagesWire(REPLIES[0]!, { model: "claude-sonnet-4-5", messages: [] });
  const after = wire.indexOf("\n\n", wire.indexOf("event: message_delta")) + 2;
  await using server = await startMessagesServer([
    { ...REPLIES[0]!, fault: { kind: "break", after } },
    ...REPLIES.slice(1),
  ]);
  const agent = createAgenticRag({
    protocol: qwq,
    model: thinking(server.url),
    engine: pagesEngine(),
    ...FIXED,
  });
  expect(await agent.invoke({ question: "Q?" })).toMatchObject({ stopReason: "answered", searches: 3 });
  expect(server.requests[1]?.body.messages[1]?.content).toContainEqual({
    type: "thinking",
    thinking: "Let me look.",
    signature: "signed:Let me look.",
  });
});

test("a run that another process began goes on there, with what was signed", async () => {
  await using server = await startMessagesServer(REPLIES);
  const checkpointer = new MemorySaver();
  const begin = () =>
    createAgenticRag(
      { protocol: qwq, model: thinking(server.url), engine: pagesEngine(), ...FIXED },
      { checkpointer },
    );
  await begin().invoke({ question: "Q?" }, { ...thread(), interruptAfter: ["web-search"] });
  expect(await begin().invoke(null, thread())).toMatchObject({ stopReason: "answered", searches: 3 });
  expect(server.requests[1]?.body.messages[1]?.content).toContainEqual({
    type: "thinking",
    thinking: "Let me look.",
    signature: "signed:Let me look.",
  });
});

test("a turn without what was signed says what is missing, and what to do", async () => {
  await using server = await startMessagesServer(REPLIES);
  const turn: readonly TurnPiece[] = [
    { origin: "runtime", text: "<think>\n" },
    { origin: "model", text: `Let me look.\n${qwqNativeSide.call(["a"])}` },
    { origin: "search", text: "\n<tool_response>\nSeven.\n</tool_response>\n" },
  ];
  const content = turn.map(({ text }) => text).join("");
  const chunks = thinking(server.url).continueText([...HELLO, { role: "assistant", content }], { turn });
  await expect(chunks.next()).rejects.toMatchObject({
    code: "model-rejected",
    facts: { status: 400 },
    message: expect.stringMatching(/wants the reasoning .* back .* or switch the model's thinking off\.$/),
  });
});

test("what is not signed is not kept, nor a reply without a whole call", () => {
  const call = { type: "tool_call_chunk", index: 0, id: "x", name: "web_search", args: "{}" } as const;
  const block = { type: "thinking", thinking: "Hm.", signature: "s" };
  const origin = { form: "langchain", endpoint: "there" } as const;
  const kept = (message: AIMessageChunk): boolean => keepSigned(origin, "said", message) !== undefined;
  const calling = (fields: object) =>
    new AIMessageChunk({ content: "", tool_call_chunks: [call], ...fields });
  expect(kept(calling({ content: [block] }))).toBe(true);
  expect(kept(calling({ content: [{ type: "redacted_thinking", data: "x" }] }))).toBe(true);
  const gemini = { __gemini_function_call_thought_signatures__: { x: "s" } };
  expect(kept(calling({ additional_kwargs: gemini }))).toBe(true);
  expect(kept(calling({ additional_kwargs: { reasoning: { encrypted_content: "s" } } }))).toBe(true);

  expect(kept(calling({ content: [{ ...block, signature: "" }] }))).toBe(false);
  expect(kept(calling({ content: 'a "signature":"s" in a text' }))).toBe(false);
  expect(kept(new AIMessageChunk({ content: [block] }))).toBe(false);
  expect(kept(calling({ content: [block], tool_call_chunks: [{ ...call, id: undefined }] }))).toBe(false);
});
