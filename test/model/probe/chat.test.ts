import { expect, test } from "vitest";
import { json } from "../../servers/completions.ts";
import { type EndpointOptions } from "../../servers/endpoint.ts";
import { probe } from "./ask.ts";

test("no completions, and a chat that continues: deepseek, mistral and a server without a name", async () => {
  for (const dialect of ["generic", "deepseek", "mistral"] as const) {
    const chat: EndpointOptions["chat"] = (_, text) => ({ text, dialect });
    const { report, choice, endpoint } = await probe({ completions: "missing", chat }, { dialect });
    expect(report.completions.exists).toBe("no");
    expect(report.chat).toMatchObject({ exists: "yes", continues: "yes", stop: "left out" });
    expect(choice).toMatchObject({ family: "chat-prefix", dialect, continues: "proven" });
    const sent = endpoint.requests.filter(({ route }) => route.includes("/chat/"))[1]?.body;
    expect(sent?.["messages"]).toEqual([
      {
        role: "user",
        content: "Write the days of the week from Monday to Sunday, with commas between them.",
      },
      {
        role: "assistant",
        content: "Monday, Tuesday, Wednesday, Thur",
        ...(dialect !== "generic" && { prefix: true }),
      },
    ]);
  }
});

test("a chat that opens a second turn is caught, also when it goes on with the list", async () => {
  for (const [first, second] of [
    ["Thursday, Friday, Saturday, Sunday", "April, May, June, July"],
    ["Friday, Saturday, Sunday", "May, June"],
    ["Sure! Monday, Tuesday", "Sure! January"],
    ["<think>\nOkay, the user", "<think>\nOkay"],
  ]) {
    const chat: EndpointOptions["chat"] = ({ messages }, text) => {
      const last = messages.at(-1)?.content ?? "";
      return { text: last.endsWith("Thur") ? first! : last.endsWith("Apr") ? second! : text };
    };
    const { report, choice } = await probe({ completions: "missing", chat });
    expect({ first, continues: report.chat.continues }).toEqual({ first, continues: "no" });
    expect(choice).toMatchObject({ family: "native-tools", continues: "replayed" });
  }
});

test("a chat that repeats the given text before it goes on does not count", async () => {
  const { report, choice } = await probe({
    completions: "missing",
    chat: ({ messages }, text) => {
      const last = messages.at(-1);
      return { text: last?.role === "assistant" ? `${last.content}${text}` : text };
    },
  });
  expect(report.chat.continues).toBe("no");
  expect(report.chat.evidence[0]).toBe("Monday, Tuesday, Wednesday, Thursday, Friday,");
  expect(choice).toMatchObject({ family: "native-tools" });
});

test("a chat that continues plain text but loses reasoning does not count", async () => {
  const { report } = await probe({
    completions: "missing",
    chat: ({ messages }, text, anew) => ({
      text: (messages.at(-1)?.content ?? "").startsWith("<think>") ? anew : text,
    }),
  });
  expect(report.chat).toMatchObject({
    continues: "no",
    evidence: ["sday, Friday,", "January, February, March, April, May, June, July"],
  });
});

test("a chat that refuses an assistant message at the end is there all the same", async () => {
  const refusal = { status: 400, ...json({ error: { message: "This model does not support prefill." } }) };
  const chat: EndpointOptions["chat"] = ({ messages, tools }, text) =>
    messages.at(-1)?.role === "assistant"
      ? refusal
      : tools === undefined
        ? { text }
        : { calls: [{ arguments: '{"query":"Rome"}' }] };
  const { report, choice, missing } = await probe({ completions: "missing", chat });
  expect(report.chat).toMatchObject({
    exists: "yes",
    continues: "no",
    why: "400: This model does not support prefill.",
    tools: "called",
  });
  expect(choice).toEqual({
    family: "native-tools",
    dialect: "generic",
    continues: "replayed",
    reason: "Nothing there was seen to continue a turn, and the chat takes tools, of which it called one.",
  });
  expect(missing).toEqual(["one turn: it is replayed as messages, since nothing was seen to continue it"]);
});

test("a reply that says too little is unclear, and unclear is not proven", async () => {
  for (const text of ["", "well now"]) {
    const { report, choice } = await probe({ completions: "missing", chat: () => ({ text }) });
    expect(report.chat.continues).toBe("unclear");
    expect(choice).toMatchObject({ family: "native-tools" });
  }
  const silent = await probe({ completions: () => ({ text: "", usage: false }), chat: "missing" });
  expect(silent.choice).toMatchObject({
    family: "completions",
    reason: "/completions is there, and nothing speaks against it.",
  });
});

test("reasoning is found where it comes out", async () => {
  const chats: readonly [NonNullable<EndpointOptions["chat"]>, string][] = [
    [({ messages }, text) => ({ text: messages.length === 1 ? "<think>\nTwo and" : text }), "in the text"],
    [
      ({ messages }, text) => (messages.length === 1 ? { reasoning: "Two and" } : { text }),
      "reasoning_content",
    ],
    [
      ({ messages }, text) =>
        messages.length === 1 ? { reasoning: "Two and", reasoningField: "reasoning" } : { text },
      "reasoning",
    ],
    [
      ({ messages }, text) =>
        messages.length === 1 ? { text: "", usage: { prompt_tokens: 9, completion_tokens: 16 } } : { text },
      "swallowed",
    ],
  ];
  for (const [chat, reasoning] of chats) {
    const { report, choice } = await probe({ completions: "missing", chat });
    expect(report.chat.reasoning).toBe(reasoning);
    expect(choice).toMatchObject({ family: "chat-prefix" });
  }
});

/** As Mistral's reasoning models say it: lists of blocks where others put a text. */
function inBlocks(thinking: string, text: string, kind: "stream" | "whole") {
  const content = [
    ...(thinking === "" ? [] : [{ type: "thinking", thinking: [{ type: "text", text: thinking }] }]),
    ...(text === "" ? [] : [{ type: "text", text }]),
  ];
  const usage = { prompt_tokens: 9, completion_tokens: 9 };
  const choice = { index: 0, finish_reason: "stop" };
  if (kind === "whole") return json({ choices: [{ ...choice, message: { content } }], usage });
  const event = { choices: [{ ...choice, delta: { content } }], usage };
  return {
    headers: { "content-type": "text/event-stream" },
    body: `data: ${JSON.stringify(event)}\n\ndata: [DONE]\n\n`,
  };
}

test.each(["stream", "whole"] as const)("reasoning in lists of blocks is read (%s)", async (kind) => {
  const { report } = await probe({
    completions: "missing",
    chat: ({ messages }, text) =>
      messages.length === 1 ? inBlocks("Two and", "", kind) : inBlocks("", text, kind),
  });
  expect(report.chat).toMatchObject({
    continues: "yes",
    reasoning: "thinking blocks",
    streams: kind === "stream",
  });
  const thought = await probe({
    completions: "missing",
    chat: ({ messages }, text) =>
      messages.length === 1 ? inBlocks("", text, kind) : inBlocks(text, "", kind),
  });
  expect(thought.report.chat).toMatchObject({
    continues: "yes",
    evidence: ["sday, Friday, Saturday, Sunday", "il, May, June, July"],
  });
});

test("a continuation that a parser takes for reasoning is one", async () => {
  const { report, missing } = await probe({
    completions: "missing",
    chat: ({ messages }, text) =>
      (messages.at(-1)?.content ?? "").startsWith("<think>") ? { reasoning: text } : { text },
  });
  expect(report.chat).toMatchObject({ continues: "yes", reasoning: "reasoning_content" });
  expect(missing[0]).toBe("token ids, which no chat takes: the turn is tokenised anew at each step");
});

test("calls that a parser takes out of the text are seen", async () => {
  for (const [taken, callText] of [
    [{ calls: [{ arguments: "{}" }] }, "tool_calls"],
    [{ text: '{"name": "web_search", "arguments": {}}' }, "loses its tags"],
    [{ text: "Hm." }, "unclear"],
  ] as const) {
    const chat: EndpointOptions["chat"] = ({ messages }, text) =>
      (messages.at(-1)?.content ?? "").includes("<tool_call>") && messages.length === 2 ? taken : { text };
    const { report } = await probe({ completions: "missing", chat });
    expect(report.chat.callText).toBe(callText);
  }
});

test("a chat that neither continues nor takes tools", async () => {
  const { choice, endpoint } = await probe({
    completions: "missing",
    chat: ({ tools }, _, anew) =>
      tools === undefined ? { text: anew } : { status: 400, ...json({ error: "no tools here" }) },
  });
  expect(choice).toEqual({
    family: null,
    reason: `The model server at ${endpoint.url} was not seen to continue a turn (404: Not Found), and its chat does not take tools (400: no tools here).`,
    advice:
      "Serve the model where raw completions are (vLLM, SGLang, llama.cpp, Ollama), or start the server with tool calling.",
  });
});
