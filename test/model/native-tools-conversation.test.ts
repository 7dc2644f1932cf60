import { MemorySaver } from "@langchain/langgraph";
import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../src/graph/graph.ts";
import type { RunState } from "../../src/graph/state.ts";
import { createChatPrefixModel } from "../../src/model/chat-prefix.ts";
import type { ChatDialect } from "../../src/model/chat-prefix-dialect.ts";
import type { ContinuationModel } from "../../src/model/model.ts";
import { qwq } from "../../src/protocol/qwq.ts";
import { ask, call, FIXED, pagesEngine, scripted, thread } from "../graph/agent.ts";
import { startChatServer, type ChatReply, type ChatServer, type ChatServerReply } from "../servers/chat.ts";
import { overOpenAi } from "./native-tools-openai.ts";
import { qwqCallText } from "./native-tools-side.ts";

const QUESTION = "Tell me about QwQ-32B.";
const QUERIES = ["QwQ-32B release", "QwQ-32B licence", "QwQ-32B parameters"] as const;
const WORDS = ["Let me look it up.\n", "Its licence next.\n", "And its size.\n"];
const LAST = "That is all I need.";
const ANSWER = "QwQ-32B is open [2]. It has 32.5 billion parameters [3].";
const SAID = [...QUERIES.map((query, at) => WORDS[at] + call(query)), `${LAST}\n</think>\n\n${ANSWER}`];

/** The agent of one family over a chat server with these replies. */
async function served(
  replies: readonly ChatServerReply[],
  modelFor: (server: ChatServer) => ContinuationModel,
) {
  const server = await startChatServer(replies);
  onTestFinished(() => server.close());
  const engine = pagesEngine();
  const agent = createAgenticRag(
    { protocol: qwq, model: modelFor(server), engine, ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  return { agent, asked: engine.asked, requests: server.requests };
}

const prefix = (dialect: ChatDialect) => (server: ChatServer) =>
  createChatPrefixModel({
    baseUrl: server.url,
    modelName: "QwQ-32B",
    dialect,
    callText: qwqCallText,
    maxRetries: 0,
  });
const native = (server: ChatServer) => overOpenAi(server.url);

const nativeCall = (at: number) => [{ arguments: JSON.stringify({ query: QUERIES[at] }) }];
const generic = (reply: ChatReply): ChatReply => ({ ...reply, dialect: "generic" });

/** What does not depend on how a model is asked. */
function told({ transcript, answer, citations, stopReason, searches, sources, queries }: RunState) {
  const conclusions = { answer, citations, stopReason, searches, sources };
  return {
    ...conclusions,
    transcript: transcript.map(({ origin, text }) => ({ origin, text })),
    queries: queries.map(({ query, status }) => ({ query, status })),
  };
}

/** The conversation as it is told by a model that says exactly this. */
async function expected() {
  const { agent, asked } = scripted(SAID);
  const { state } = await ask(agent, QUESTION);
  return { told: told(state), asked };
}

describe("the same conversation gives the same transcript, sources, answer and stop reason", () => {
  test.each(["vllm", "sglang", "deepseek", "mistral", "llamacpp", "openrouter", "generic"] as const)(
    "chat-prefix, %s",
    async (dialect) => {
      const replies = SAID.map((text) => ({ text, dialect, chunkSize: 5 }));
      const { agent, asked, requests } = await served(replies, prefix(dialect));
      const { state } = await ask(agent, QUESTION);
      const same = await expected();
      expect(told(state)).toEqual(same.told);
      expect(asked).toEqual(same.asked);
      expect(requests).toHaveLength(4);
    },
  );

  test("chat-prefix, where the server tells reasoning apart and leaves stop strings unheeded", async () => {
    const replies = SAID.map((text, at): ChatReply => {
      const said = { chunkSize: 3, stop: "ignore" } as const;
      if (at < 3) return { ...said, reasoning: `${text} And more.` };
      return { ...said, reasoning: `${LAST}\n`, text: `\n\n${ANSWER}` };
    });
    const { agent, asked } = await served(replies, prefix("vllm"));
    const { state } = await ask(agent, QUESTION);
    const same = await expected();
    expect(told(state)).toEqual(same.told);
    expect(asked).toEqual(same.asked);
  });

  test("chat-prefix, where the server makes tool calls of the text: but for the form of the calls", async () => {
    const replies = SAID.map((_text, at): ChatReply => {
      if (at === 3) return { reasoning: `${LAST}\n`, text: `\n\n${ANSWER}` };
      return { reasoning: WORDS[at]!, calls: [{ arguments: JSON.stringify({ query: QUERIES[at] }) }] };
    });
    const { agent, asked } = await served(replies, prefix("vllm"));
    const { state } = await ask(agent, QUESTION);
    const { transcript, ...others } = told(state);
    const { told: same, asked: sameAsked } = await expected();
    expect({ ...others, transcript: same.transcript }).toEqual(same);
    expect(asked).toEqual(sameAsked);
    expect(transcript[1]?.text).toBe(
      'Let me look it up.\n<tool_call>\n{"name": "web_search", "arguments": {"query": "QwQ-32B release"}}\n</tool_call>',
    );
  });

  test("native-tools, where the model shows its reasoning", async () => {
    const replies = SAID.map((_text, at): ChatReply => {
      const said = { dialect: "generic", chunkSize: 5 } as const;
      if (at === 3) return { ...said, reasoning: LAST, text: ANSWER };
      return { ...said, reasoning: WORDS[at]!, calls: nativeCall(at) };
    });
    const { agent, asked, requests } = await served(replies, native);
    const { state } = await ask(agent, QUESTION);
    const same = await expected();
    expect(told(state)).toEqual(same.told);
    expect(asked).toEqual(same.asked);

    const prompts = requests.map(({ body }) => body.messages);
    expect(prompts.map((messages) => messages.map(({ role }) => role).join(" "))).toEqual([
      "system user",
      "system user assistant tool",
      "system user assistant tool assistant tool",
      "system user assistant tool assistant tool assistant tool",
    ]);
    for (const at of [1, 2, 3]) expect(prompts[at]?.slice(0, -2)).toEqual(prompts[at - 1]);
    expect(prompts[3]?.slice(-2)).toEqual([
      {
        role: "assistant",
        content: "And its size.",
        tool_calls: [
          {
            id: "search003",
            type: "function",
            function: { name: "web_search", arguments: '{"query":"QwQ-32B parameters"}' },
          },
        ],
      },
      {
        role: "tool",
        name: "web_search",
        tool_call_id: "search003",
        content:
          "[3] About QwQ-32B parameters\nhttps://example.org/QwQ-32B%20parameters\nAll about QwQ-32B parameters.\n\nSearches left: 2.",
      },
    ]);
  });

  test("native-tools, where it shows none: but for the reasoning, which its first word closes", async () => {
    const replies = SAID.map((_text, at): ChatReply => {
      if (at === 3) return { dialect: "generic", text: ANSWER };
      return { dialect: "generic", text: WORDS[at]!, calls: nativeCall(at) };
    });
    const { agent, asked } = await served(replies, native);
    const { state } = await ask(agent, QUESTION);
    const { transcript, ...others } = told(state);
    const { told: same, asked: sameAsked } = await expected();
    expect({ ...others, transcript: same.transcript }).toEqual(same);
    expect(asked).toEqual(sameAsked);
    expect(transcript.filter(({ origin }) => origin === "model").map(({ text }) => text)).toEqual([
      `\n</think>\n\n${SAID[0]}`,
      SAID[1],
      SAID[2],
      ANSWER,
    ]);
  });
});

describe("native-tools in a run", () => {
  test("each token is streamed once, and no tag", async () => {
    const { agent } = await served(
      [
        generic({ reasoning: "Hm.", calls: [{ arguments: '{"query": "x"}' }] }),
        generic({ text: "It is 7 [1].", chunkSize: 2 }),
      ],
      native,
    );
    let streamed = "";
    const stream = await agent.stream({ question: "Q?" }, { ...thread(), streamMode: "messages" });
    for await (const [chunk, metadata] of stream) {
      if (metadata["langgraph_node"] === "generate" && chunk.getType() === "ai") streamed += chunk.text;
    }
    expect(streamed).toBe("It is 7 [1].");
  });

  test("parallel calls are one, and each query of it is searched", async () => {
    const calls = [{ arguments: '{"query": "a"}' }, { arguments: '{"query": ["b"]}' }];
    const { agent, asked, requests } = await served(
      [generic({ calls }), generic({ text: "Both [1][2]." })],
      native,
    );
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
      const { agent, asked } = await served(
        [generic({ calls: [{ arguments: written }], finishReason }), generic({ text: answer })],
        native,
      );
      const { state } = await ask(agent, "Q?");
      expect(asked).toEqual([]);
      expect(state).toMatchObject({ searches: 0, stopReason, answer });
    }
  });

  test("when the searches are spent the tool is taken away", async () => {
    const search = (query: string) => generic({ calls: [{ arguments: JSON.stringify({ query }) }] });
    const { agent, asked, requests } = await served(
      [search("a"), search("b"), generic({ text: "So far [1]." })],
      native,
    );
    const input = { messages: [new HumanMessage("Q?")] };
    const { state } = await ask(agent, input, { context: { maxSearches: 1 } });
    expect(asked).toEqual(["a"]);
    expect(state.stopReason).toBe("search-budget");
    expect(requests.map(({ body }) => body["tool_choice"])).toEqual([undefined, undefined, "none"]);
  });

  test("a reply that says nothing is asked for again, in a message that providers accept", async () => {
    const { agent, requests } = await served([generic({}), generic({ text: "Seven." })], native);
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
    const { agent } = await served([{ status: 401, body: '{"error": {"message": "bad key"}}' }], native);
    const { state } = await ask(agent, "Q?");
    expect(state).toMatchObject({ stopReason: "model-error", failure: { code: "model-unauthorized" } });
  });
});
