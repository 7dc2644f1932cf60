import { expect, onTestFinished, test } from "vitest";
import { createChatPrefixModel } from "../../src/model/chat-prefix/chat-prefix.ts";
import type { ChatDialect } from "../../src/model/server/dialects.ts";
import { cachedPrefill } from "../../src/model/langchain/prefilled-chat.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { createMessagesModel } from "../../src/model/native-tools/messages/messages.ts";
import { createProbedModel, createProber } from "../../src/model/probe/probed.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "../engine/llama-server.ts";
import { script } from "../engine/scenario.ts";
import { startChatServer, type ChatReply, type ChatServerReply } from "../servers/chat.ts";
import type { Dialect } from "../servers/completions-wire.ts";
import { startCompletionsServer } from "../servers/completions.ts";
import { startEndpoint, type EndpointOptions } from "../servers/endpoint.ts";
import { refused } from "../servers/messages-wire.ts";
import { startMessagesServer, type MessagesReply } from "../servers/messages.ts";
import { notHere, tinyModel } from "./gguf/here.ts";
import { overOpenAi } from "./native-tools/openai.ts";
import { overChat } from "./native-tools/over-chat.ts";
import { qwqCallText, qwqNativeSide } from "./native-tools/side.ts";
import { overAnthropic } from "./langchain/prefilled-chat-ask.ts";
import { GOLDEN_LINES } from "./template/lines/table.ts";
import { ANSWER, expected, hold, LAST, QUERIES, SAID, WORDS, type Held } from "./same-conversation.ts";

/** Texts only: whatever goes to a chat, or to completions that tell no ids, is tokenised anew at each step. */
const TEXT_ONLY: Held["differs"] = { textsWithIds: 0, idPrompts: 0, requests: 4, estimated: false };
/** Where a call ends in its closing tag, who has read it does not wait for the counts behind it. */
const COUNTS_UNREAD: Held["differs"] = { ...TEXT_ONLY, estimated: true };
/** A server that takes ids: each text has its own, and each prompt but the first is that of the last step and more. */
const WITH_IDS: Held["differs"] = { textsWithIds: 4, idPrompts: 3, requests: 4, estimated: false };
/** In this process nothing is sent, in neither form. */
const IN_PROCESS: Held["differs"] = { ...WITH_IDS, idPrompts: 0 };

const calls = (at: number) => [{ arguments: JSON.stringify({ query: QUERIES[at] }) }];

/** The conversation of a model that says exactly this, with what differs. */
async function same(differs: Held["differs"]): Promise<Held> {
  return { ...(await expected()), differs };
}

async function chatUrl(replies: readonly ChatServerReply[]): Promise<string> {
  const server = await startChatServer(replies);
  onTestFinished(() => server.close());
  return server.url;
}

async function messagesUrl(replies: readonly MessagesReply[]): Promise<string> {
  const server = await startMessagesServer(replies);
  onTestFinished(() => server.close());
  return server.url;
}

function prefix(baseUrl: string, dialect: ChatDialect) {
  const options = { baseUrl, modelName: "QwQ-32B", dialect, maxRetries: 0 };
  return createChatPrefixModel({ ...options, callText: qwqCallText });
}

test("the conversation is that of the scenario", () => {
  expect(SAID).toEqual([
    ...QUERIES.map(
      (query, at) =>
        `${WORDS[at]}<tool_call>\n{"action": "web_search", "action_input": {"query": "${query}"}}\n</tool_call>`,
    ),
    `${LAST}\n</think>\n\n${ANSWER}`,
  ]);
});

test.each(["vllm", "sglang", "llamacpp", "tgi"] as const)(
  "completions, texts, %s",
  async (dialect: Dialect) => {
    const server = await startCompletionsServer(SAID.map((text) => ({ text, dialect, chunkSize: 5 })));
    onTestFinished(() => server.close());
    const model = createCompletionsModel({ baseUrl: server.url, modelName: "QwQ-32B", dialect: "generic" });
    // TGI leaves the stop string in the text, so that it too is read before the counts
    expect(await hold(model)).toEqual(await same(dialect === "tgi" ? COUNTS_UNREAD : TEXT_ONLY));
    const prompts = server.requests.map(({ body }) => body.prompt);
    for (const [at, prompt] of prompts.slice(1).entries()) expect(prompt).toContain(prompts[at]);
  },
);

test.each(GOLDEN_LINES)("completions, shown results as $model is", async ({ model: modelName, line }) => {
  const server = await startCompletionsServer(SAID.map((text) => ({ text, chunkSize: 5 })));
  onTestFinished(() => server.close());
  const model = createCompletionsModel({ baseUrl: server.url, modelName, dialect: "generic" });
  expect((await model.describe()).line?.name).toBe(line);
  expect(await hold(model)).toEqual(await same(TEXT_ONLY));
  const prompts = server.requests.map(({ body }) => body.prompt);
  for (const [at, prompt] of prompts.slice(1).entries())
    expect(prompt.startsWith(`${prompts[at]}${SAID[at]}`)).toBe(true);
});

test.skipIf(notHere !== "")(`gguf${notHere}`, async () => {
  expect(await hold(tinyModel(script).model)).toEqual(await same(IN_PROCESS));
});

const noServer = WHY_NO_LLAMA_SERVER === undefined ? "" : ` (${WHY_NO_LLAMA_SERVER})`;
test.skipIf(noServer !== "")(
  `completions of a real llama-server, by ids and by text${noServer}`,
  async () => {
    await using server = await startLlamaServer();
    const over = (dialect: "llamacpp" | "generic") =>
      createCompletionsModel({ baseUrl: server.url, modelName: "scripted", dialect });
    expect(await hold(over("llamacpp"))).toEqual(await same(WITH_IDS));
    expect(await hold(over("generic"))).toEqual(await same(TEXT_ONLY));
  },
);

test.each(["vllm", "sglang", "deepseek", "mistral", "llamacpp", "openrouter", "generic"] as const)(
  "chat-prefix, %s",
  async (dialect) => {
    const baseUrl = await chatUrl(SAID.map((text) => ({ text, dialect, chunkSize: 5 })));
    expect(await hold(prefix(baseUrl, dialect))).toEqual(await same(TEXT_ONLY));
  },
);

test("chat-prefix, where the server tells reasoning apart and leaves stop strings unheeded", async () => {
  const replies = SAID.map((text, at): ChatReply => {
    const said = { chunkSize: 3, stop: "ignore" } as const;
    if (at < 3) return { ...said, reasoning: `${text} And more.` };
    return { ...said, reasoning: `${LAST}\n`, text: `\n\n${ANSWER}` };
  });
  const held = await hold(prefix(await chatUrl(replies), "vllm"));
  // the reply is left behind the call, before it could count its tokens
  expect(held).toEqual(await same(COUNTS_UNREAD));
});

test("chat-prefix, where the server makes tool calls of the text: but for the form of the calls", async () => {
  const replies = SAID.map((_text, at): ChatReply => {
    if (at === 3) return { reasoning: `${LAST}\n`, text: `\n\n${ANSWER}` };
    return { reasoning: WORDS[at]!, calls: calls(at) };
  });
  const held = await hold(prefix(await chatUrl(replies), "vllm"));
  // the server has parsed the call, and gives name and arguments: it is written in the form that has these
  const written = QUERIES.map((query) => `{"name": "web_search", "arguments": {"query": "${query}"}}`);
  const { told } = await expected();
  const transcript = told.transcript.map(({ origin, text }) => {
    const at = SAID.indexOf(text);
    return { origin, text: at < 0 || at > 2 ? text : text.replace(/\{.*\}/, written[at]!) };
  });
  expect(held.told).toEqual({ ...told, transcript });
  expect(held.differs).toEqual(COUNTS_UNREAD);
});

test.each([
  ["in one text", {}],
  ["in blocks, with a prompt cache", { lastMessage: cachedPrefill }],
])("chat-prefix through ChatAnthropic, %s", async (_name, options) => {
  const url = await messagesUrl(SAID.map((text) => ({ text, chunkSize: 5 })));
  expect(await hold(overAnthropic(url, options))).toEqual(await same(TEXT_ONLY));
});

test("chat-prefix through ChatAnthropic, where Claude writes the white space that was not sent", async () => {
  // every prompt ends in a line break, which is not sent
  const url = await messagesUrl(SAID.map((text) => ({ text: `\n${text}`, chunkSize: 5 })));
  expect(await hold(overAnthropic(url))).toEqual(await same(TEXT_ONLY));
});

test("native-tools, where the model shows its reasoning", async () => {
  const replies = SAID.map((_text, at): ChatReply => {
    const said = { dialect: "generic", chunkSize: 5 } as const;
    if (at === 3) return { ...said, reasoning: LAST, text: ANSWER };
    return { ...said, reasoning: WORDS[at]!, calls: calls(at) };
  });
  for (const over of [overOpenAi, overChat]) {
    expect(await hold(over(await chatUrl(replies)))).toEqual(await same(COUNTS_UNREAD));
  }
});

test("native-tools, where it shows none: but for the reasoning, which its first word closes", async () => {
  const replies = SAID.map((_text, at): ChatReply => {
    if (at === 3) return { dialect: "generic", text: ANSWER };
    return { dialect: "generic", text: WORDS[at]!, calls: calls(at) };
  });
  const held = await hold(overOpenAi(await chatUrl(replies)));
  const { told, asked } = await expected();
  // there is no telling what a reasoning model would have thought
  const texts = [`\n</think>\n\n${SAID[0]}`, SAID[1], SAID[2], ANSWER];
  const transcript = told.transcript.map(({ origin, text }) => ({
    origin,
    text: texts[SAID.indexOf(text)] ?? text,
  }));
  expect({ told: held.told, asked: held.asked }).toEqual({ told: { ...told, transcript }, asked });
  expect(held.differs).toEqual(COUNTS_UNREAD);
});

/** The model that `auto` finds at an endpoint, built as it is told to. */
async function probed(options: EndpointOptions, dialect: "auto" | "anthropic" = "auto") {
  const { url: baseUrl } = await startEndpoint(options);
  const prober = createProber({ baseUrl, modelName: "QwQ-32B", dialect, version: "1.0.0" });
  const built: string[] = [];
  const model = createProbedModel({
    modelName: "QwQ-32B",
    prober,
    build({ family, dialect: found }) {
      built.push(`${family}, ${found}`);
      if (family === "completions") {
        return createCompletionsModel({ baseUrl, modelName: "QwQ-32B", dialect: "generic" });
      }
      const root = baseUrl.replace(/\/v1$/, "");
      if (family === "chat-prefix") {
        return found === "anthropic" ? overAnthropic(root) : prefix(baseUrl, "generic");
      }
      return createMessagesModel({ baseUrl: root, modelName: "QwQ-32B", side: qwqNativeSide });
    },
  });
  return { model, built };
}

/** Says the scenario to whoever asks the question, and to a probe what else. */
function inTurn(): (isProbe: boolean) => string | undefined {
  let said = 0;
  return (isProbe) => {
    if (isProbe) return undefined;
    said += 1;
    return SAID[said - 1];
  };
}

const isProbe = (request: unknown): boolean => !JSON.stringify(request).includes("Which three facts?");

test("auto, which finds completions", async () => {
  const next = inTurn();
  const { model, built } = await probed({
    facts: { "/v1/models": { data: [{ id: "QwQ-32B", owned_by: "vllm" }] } },
    completions: (request, goesOn) => ({ text: next(isProbe(request)) ?? goesOn }),
  });
  expect(await hold(model)).toEqual(await same(TEXT_ONLY));
  expect(built).toEqual(["completions, vllm"]);
});

test("auto, which finds a chat that continues", async () => {
  const next = inTurn();
  const { model, built } = await probed({
    completions: "missing",
    chat: (request, goesOn) => ({ text: next(isProbe(request)) ?? goesOn }),
  });
  expect(await hold(model)).toEqual(await same(TEXT_ONLY));
  expect(built).toEqual(["chat-prefix, generic"]);
});

test("auto, which finds that Claude continues, or that it does not", async () => {
  const next = inTurn();
  const old = await probed(
    { messages: (request, goesOn) => ({ text: next(isProbe(request)) ?? goesOn }) },
    "anthropic",
  );
  expect(await hold(old.model)).toEqual(await same(TEXT_ONLY));
  expect(old.built).toEqual(["chat-prefix, anthropic"]);

  let step = 0;
  const newer = await probed(
    {
      messages(request, goesOn) {
        if (request.messages.at(-1)?.role === "assistant") {
          return refused("This model does not support assistant message prefill.");
        }
        if (isProbe(request)) return { text: goesOn };
        step += 1;
        const at = step - 1;
        if (at === 3) return { thinking: { text: LAST, signature: "s" }, text: ANSWER };
        return { thinking: { text: WORDS[at]!, signature: "s" }, calls: calls(at) };
      },
    },
    "anthropic",
  );
  expect(await hold(newer.model)).toEqual(await same(COUNTS_UNREAD));
  expect(newer.built).toEqual(["native-tools, anthropic"]);
});
