import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { ask, FIXED, pagesEngine, thread } from "../../graph/agent.ts";
import { startChatServer, type ChatReply, type ChatServerReply } from "../../servers/chat.ts";
import { overOpenAi } from "./openai.ts";

/** The agent of the family over a chat server with these replies. */
async function served(replies: readonly ChatServerReply[]) {
  const server = await startChatServer(replies);
  onTestFinished(() => server.close());
  const engine = pagesEngine();
  const agent = createAgenticRag(
    { protocol: qwq, model: overOpenAi(server.url), engine, ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  return { agent, asked: engine.asked, requests: server.requests };
}

const generic = (reply: ChatReply): ChatReply => ({ ...reply, dialect: "generic" });

describe("native-tools in a run", () => {
  test("each prompt is the one before and more, in the roles that providers take", async () => {
    const search = (query: string) =>
      generic({ reasoning: `About ${query}.`, calls: [{ arguments: JSON.stringify({ query }) }] });
    const { agent, requests } = await served([search("a"), search("b"), generic({ text: "Seven [1]." })]);
    const { state } = await ask(agent, "Q?");
    const prompts = requests.map(({ body }) => body.messages);
    expect(prompts.map((messages) => messages.map(({ role }) => role).join(" "))).toEqual([
      "system user",
      "system user assistant tool",
      "system user assistant tool assistant tool",
    ]);
    for (const at of [1, 2]) expect(prompts[at]?.slice(0, -2)).toEqual(prompts[at - 1]);
    const response = state.transcript.findLast(({ origin }) => origin === "search")?.text ?? "";
    expect(prompts[2]?.slice(-2)).toEqual([
      {
        role: "assistant",
        content: "About b.",
        tool_calls: [
          {
            id: "search002",
            type: "function",
            function: { name: "web_search", arguments: '{"query":"b"}' },
          },
        ],
      },
      {
        role: "tool",
        name: "web_search",
        tool_call_id: "search002",
        content: response.replace("\n<tool_response>\n", "").replace("\n</tool_response>\n", ""),
      },
    ]);
  });

  test("each token is streamed once, and no tag", async () => {
    const { agent } = await served([
      generic({ reasoning: "Hm.", calls: [{ arguments: '{"query": "x"}' }] }),
      generic({ text: "It is 7 [1].", chunkSize: 2 }),
    ]);
    let streamed = "";
    const stream = await agent.stream({ question: "Q?" }, { ...thread(), streamMode: "messages" });
    for await (const [chunk, metadata] of stream) {
      if (metadata["langgraph_node"] === "generate" && chunk.getType() === "ai") streamed += chunk.text;
    }
    expect(streamed).toBe("It is 7 [1].");
  });

  test("an answer is mended, and the model is told in a user's message", async () => {
    const { agent, requests } = await served([
      generic({ calls: [{ arguments: '{"query": "a"}' }] }),
      generic({ reasoning: "Hm.", text: "All about a [1]. It opened in 1999 [1]." }),
      generic({ reasoning: "I look again.", text: "All about a [1]." }),
    ]);
    const { state } = await ask(agent, "Q?", { context: { mendAnswer: true } });
    expect(state).toMatchObject({
      answer: "All about a [[1]](https://example.org/a).",
      stopReason: "answered",
      mends: 1,
    });
    expect(requests[2]?.body.messages.slice(-2)).toEqual([
      { role: "assistant", content: "Hm.\n\nAll about a [1]. It opened in 1999 [1]." },
      { role: "user", content: expect.stringMatching(/^I check my answer[^]*"It opened in 1999\."/) },
    ]);
  });

  test("parallel calls are one, and each query of it is searched", async () => {
    const calls = [{ arguments: '{"query": "a"}' }, { arguments: '{"query": ["b"]}' }];
    const { agent, asked, requests } = await served([generic({ calls }), generic({ text: "Both [1][2]." })]);
    const { state } = await ask(agent, "Q?");
    expect(asked).toEqual(["a", "b"]);
    expect(state).toMatchObject({ searches: 2, stopReason: "answered" });
    expect(requests[1]?.body.messages.slice(2)).toMatchObject([
      { role: "assistant", content: "", tool_calls: [{ function: { arguments: '{"query":["a","b"]}' } }] },
      { role: "tool", content: expect.stringMatching(/^Results for "a":[^]*Results for "b":/) },
    ]);
  });

  test.each([
    ["length", "token-budget", "The answer is 7."],
    ["tool_calls", "answered", "The answer is 7."],
  ])("a call that is cut off with %s is never run", async (finishReason, stopReason, answer) => {
    for (const written of ['{"query": "half a q', '{"query": "whole', ""]) {
      const { agent, asked } = await served([
        generic({ calls: [{ arguments: written }], finishReason }),
        generic({ text: answer }),
      ]);
      const { state } = await ask(agent, "Q?");
      expect(asked).toEqual([]);
      expect(state).toMatchObject({ searches: 0, stopReason, answer });
    }
  });

  test("when the searches are spent the tool is taken away", async () => {
    const search = (query: string) => generic({ calls: [{ arguments: JSON.stringify({ query }) }] });
    const { agent, asked, requests } = await served([
      search("a"),
      search("b"),
      generic({ text: "So far [1]." }),
    ]);
    const input = { messages: [new HumanMessage("Q?")] };
    const { state } = await ask(agent, input, { context: { maxSearches: 1 } });
    expect(asked).toEqual(["a"]);
    expect(state.stopReason).toBe("search-budget");
    expect(requests.map(({ body }) => body["tool_choice"])).toEqual([undefined, undefined, "none"]);
  });

  test("a reply that says nothing is asked for again, in a message that providers accept", async () => {
    const { agent, requests } = await served([generic({}), generic({ text: "Seven." })]);
    const { state } = await ask(agent, "Q?");
    expect(state).toMatchObject({ stopReason: "answered", answer: "Seven." });
    expect(requests[1]?.body.messages.slice(1)).toEqual([
      {
        role: "user",
        content: "Q?\n\nIf I need to look something up, I write the call now. Otherwise I answer.",
      },
    ]);
  });

  test("a failure ends the run with its reason", async () => {
    const { agent } = await served([{ status: 401, body: '{"error": {"message": "bad key"}}' }]);
    const { state } = await ask(agent, "Q?");
    expect(state).toMatchObject({ stopReason: "model-error", failure: { code: "model-unauthorized" } });
  });
});
