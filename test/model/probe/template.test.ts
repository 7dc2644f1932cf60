import { expect, test } from "vitest";
import { warningFor } from "../../../src/model/probe/choice.ts";
import type { ProbeOptions } from "../../../src/model/probe/probe.ts";
import type { EndpointOptions } from "../../servers/endpoint.ts";
import { json } from "../../servers/completions.ts";
import { listOf, probe } from "./ask.ts";

const LLAMA: Partial<ProbeOptions> = { modelName: "Llama-3.3-70B-Instruct" };
const PROPS = {
  "/props": { chat_template: "{{ messages }}", build_info: "b1", default_generation_settings: {} },
};
const ANEW: EndpointOptions["chat"] = (_, __, anew) => ({ text: anew });

async function found(server: EndpointOptions, options: Partial<ProbeOptions>) {
  const { report, choice, endpoint } = await probe(server, options);
  if (choice.family === null) throw new TypeError("there is a family");
  const { family, continues, reason } = choice;
  const { chatTemplate } = report;
  return { family, continues, reason, chatTemplate, warning: warningFor(report, choice), endpoint };
}

test("a chat that continues is taken before raw text whose template is not known, quickly too", async () => {
  for (const thorough of [true, false]) {
    const { endpoint, ...rest } = await found({ facts: listOf("vllm") }, { ...LLAMA, thorough });
    expect(rest).toEqual({
      family: "chat-prefix",
      continues: "proven",
      reason:
        "/chat/completions was seen to continue the assistant's last message, in the model's own chat template, which raw completions would have to be told.",
      chatTemplate: "assumed",
      warning: undefined,
    });
    expect(endpoint.routes()).toContain("POST /v1/chat/completions");
  }
});

test("where no chat continues either, ChatML is assumed with a warning", async () => {
  for (const chat of [ANEW, "missing"] as const) {
    expect(await found({ facts: listOf("vllm"), chat }, LLAMA)).toMatchObject({
      family: "completions",
      continues: "by-construction",
      reason: "vllm continues raw text.",
      chatTemplate: "assumed",
      warning:
        'ChatML is assumed, for the name "Llama-3.3-70B-Instruct" does not say which chat template the model was trained on. ' +
        "Set AGENTIC_RAG_CHAT_TEMPLATE: to the path of its Jinja chat template, or to chatml if that is right.",
    });
  }
});

const CALLS: EndpointOptions["chat"] = ({ tools }, _, anew) =>
  tools === undefined ? { text: anew } : { calls: [{ arguments: '{"query":"Rome"}' }] };

test.each(["vllm", "sglang", "llamacpp", "unknown"])(
  "a chat that calls tools is taken before a template that is only assumed, whose server is %s",
  async (owner) => {
    for (const thorough of [true, false]) {
      const { choice } = await probe({ facts: listOf(owner), chat: CALLS }, { ...LLAMA, thorough });
      expect(choice).toMatchObject({
        family: "native-tools",
        continues: "replayed",
        reason:
          "/chat/completions called the tool that it was offered, and which chat template raw completions would need is not known.",
        withoutTools: { family: "completions", continues: "by-construction" },
      });
    }
  },
);

test("with a template that is known, raw text comes before tools that are called, and a chat that continues before both", async () => {
  const known = await probe({ facts: listOf("vllm"), chat: CALLS }, { modelName: "Qwen3-8B" });
  expect(known.choice).toMatchObject({ family: "completions" });
  const set = await probe({ facts: listOf("vllm"), chat: CALLS }, { ...LLAMA, templateSet: true });
  expect(set.choice).toMatchObject({ family: "completions" });
  const continued = await probe({ facts: listOf("vllm") }, LLAMA);
  expect(continued.choice).toMatchObject({ family: "chat-prefix" });
});

test("without raw completions there is nothing else for a protocol without tools", async () => {
  const { choice } = await probe({ completions: "missing", chat: CALLS }, LLAMA);
  expect(choice).toMatchObject({ family: "native-tools" });
  expect(choice).not.toHaveProperty("withoutTools");
});

test("a model that reasons is let reason before it calls", async () => {
  const { endpoint } = await probe({ facts: listOf("vllm"), chat: CALLS }, LLAMA);
  const [asked] = endpoint.requests.filter(({ body }) => body?.["tools"] !== undefined);
  expect(asked?.body).toMatchObject({ max_tokens: 256 });
});

test.each<[string, EndpointOptions["facts"], Partial<ProbeOptions>]>([
  ["chatml", listOf("vllm"), { modelName: "Qwen3-8B" }],
  ["set", listOf("vllm"), { ...LLAMA, templateSet: true }],
  ["set", { ...listOf("llamacpp"), ...PROPS }, { ...LLAMA, templateSet: true }],
  ["server", { ...listOf("llamacpp"), ...PROPS }, LLAMA],
  ["server", { ...listOf("llamacpp"), ...PROPS }, { modelName: "Qwen3-8B" }],
  ["server", PROPS, { ...LLAMA, dialect: "llamacpp" }],
])("raw text is taken first where its template is known: %s", async (chatTemplate, facts, options) => {
  const { endpoint, ...rest } = await found({ facts: facts ?? {} }, { ...options, thorough: false });
  expect(rest).toMatchObject({ family: "completions", chatTemplate, warning: undefined });
  expect(endpoint.routes()).not.toContain("POST /v1/chat/completions");
  expect(endpoint.routes().filter((route) => route === "GET /props")).toHaveLength(
    chatTemplate === "server" ? 1 : 0,
  );
});

test("a llama.cpp that tells no template is as any other server", async () => {
  expect(await found({ facts: listOf("llamacpp") }, LLAMA)).toMatchObject({
    family: "chat-prefix",
    chatTemplate: "assumed",
  });
  expect(await found({ facts: listOf("llamacpp") }, { modelName: "QwQ-32B" })).toMatchObject({
    family: "completions",
    chatTemplate: "chatml",
  });
});

test("log-probabilities are asked for along the way, and a server that refuses them is asked without", async () => {
  const scored = {
    choices: [{ text: ", 4", finish_reason: "length", logprobs: { tokens: [","], token_logprobs: [-1] } }],
  };
  const told = await probe({
    completions: ({ logprobs }, text) =>
      logprobs === undefined
        ? { text }
        : { headers: { "content-type": "text/event-stream" }, body: `data: ${JSON.stringify(scored)}\n\n` },
  });
  expect(told.report.completions).toMatchObject({ logprobs: true, continues: "yes" });
  const refused = await probe({
    completions: ({ logprobs }, text) =>
      logprobs === undefined
        ? { text }
        : { status: 400, ...json({ error: { message: "logprobs: not here" } }) },
  });
  expect(refused.report.completions).toMatchObject({
    logprobs: false,
    continues: "yes",
    template: "no",
    why: "",
  });
  expect(refused.endpoint.requests.filter(({ route }) => route === "POST /v1/completions")).toMatchObject([
    { body: { prompt: "Monday, Tuesday, Wednesday, Thur" } },
    { body: { prompt: "1, 2, 3", logprobs: 1 } },
    { body: { prompt: "1, 2, 3" } },
  ]);
});
