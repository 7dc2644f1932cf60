import { expect, onTestFinished, test } from "vitest";
import { createGeminiModel } from "../../src/model/native-tools/gemini/gemini.ts";
import { createMessagesModel } from "../../src/model/native-tools/messages/messages.ts";
import { createNativeToolsModel } from "../../src/model/native-tools/native-tools.ts";
import { startMessagesServer, type MessagesReply } from "../servers/messages.ts";
import { startWireServer } from "../servers/wire-server.ts";
import { anthropic } from "./langchain/prefilled-chat-ask.ts";
import { over as overResponses } from "./native-tools/responses/over.ts";
import { qwqNativeSide } from "./native-tools/side.ts";
import { ANSWER, expected, hold, LAST, QUERIES, SAID, WORDS, type Held } from "./same-conversation.ts";

/** The conversation of a model that says exactly this; who has read a call does not wait for the counts behind it. */
async function same(): Promise<Held> {
  const differs = { textsWithIds: 0, idPrompts: 0, requests: 4, estimated: true };
  return { ...(await expected()), differs };
}

async function messagesUrl(replies: readonly MessagesReply[]): Promise<string> {
  const server = await startMessagesServer(replies);
  onTestFinished(() => server.close());
  return server.url;
}

const calls = (at: number) => [{ arguments: JSON.stringify({ query: QUERIES[at] }) }];

test("responses, which are kept as their items", async () => {
  const server = await startWireServer((response) => {
    const at = server.requests.length - 1;
    const query = JSON.stringify({ query: QUERIES[at] });
    const summary = [{ type: "summary_text", text: at === 3 ? LAST : WORDS[at] }];
    const content = [{ type: "output_text", text: ANSWER }];
    const next =
      at === 3
        ? { type: "message", role: "assistant", content }
        : { type: "function_call", call_id: `c${at}`, name: "web_search", arguments: query };
    const reply = { object: "response", status: "completed", output: [{ type: "reasoning", summary }, next] };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply));
  });
  expect(await hold(overResponses(`${server.url}/v1`))).toEqual(await same());
});

test("native-tools over Anthropic's Messages, by itself and through ChatAnthropic, with signed thinking", async () => {
  const replies = SAID.map((_text, at) => {
    if (at === 3) return { thinking: { text: LAST, signature: "s" }, text: ANSWER, chunkSize: 5 };
    return { thinking: { text: WORDS[at]!, signature: `s${at}` }, calls: calls(at), chunkSize: 5 };
  });
  const thinking = { type: "enabled", budget_tokens: 1024 } as const;
  const options = { modelName: "claude-sonnet-4-5", extraBody: { thinking }, side: qwqNativeSide };
  const own = createMessagesModel({ baseUrl: await messagesUrl(replies), ...options });
  const chatModel = anthropic(await messagesUrl(replies), { thinking, maxTokens: 2048 });
  for (const model of [own, createNativeToolsModel({ chatModel, side: qwqNativeSide })]) {
    expect(await hold(model)).toEqual(await same());
  }
});

test("native-tools over Gemini's own route, with signatures", async () => {
  const server = await startWireServer((response) => {
    const at = server.requests.length - 1;
    const thought = { text: at === 3 ? LAST : WORDS[at], thought: true };
    const call = {
      functionCall: { name: "web_search", args: { query: QUERIES[at] } },
      thoughtSignature: "s",
    };
    const parts = [thought, at === 3 ? { text: ANSWER } : call];
    const reply = { candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }] };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply));
  });
  const options = { baseUrl: server.url, modelName: "gemini-3-pro", side: qwqNativeSide };
  expect(await hold(createGeminiModel(options))).toEqual(await same());
});
