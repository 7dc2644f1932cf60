import { expect, test } from "vitest";
import type { ServerDialect } from "../../../src/model/server/dialects.ts";
import { json } from "../../servers/completions.ts";
import { type EndpointOptions } from "../../servers/endpoint.ts";
import { listOf, probe } from "./ask.ts";
import { KEY } from "../key.ts";

test("a server with both routes is used through raw completions", async () => {
  const { report, choice, missing, endpoint } = await probe({});
  expect(report).toEqual({
    baseUrl: endpoint.url,
    modelName: "QwQ-32B",
    certain: true,
    dialect: "generic",
    dialectFrom: "nothing",
    chatTemplate: "chatml",
    completions: {
      exists: "yes",
      why: "",
      continues: "yes",
      evidence: ["sday, Friday,", ", 4, 5, 6, 7, 8, 9, 10"],
      streams: true,
      stop: "left out",
      usage: true,
      cachedTokens: false,
      template: "no",
      tokenIds: false,
      logprobs: false,
    },
    chat: {
      exists: "yes",
      why: "",
      continues: "yes",
      evidence: ["sday, Friday,", "il, May, June, July"],
      streams: true,
      stop: "left out",
      usage: true,
      cachedTokens: false,
      reasoning: "none seen",
      callText: "stays text",
      tools: "not asked",
    },
  });
  expect(choice).toEqual({
    family: "completions",
    dialect: "generic",
    continues: "by-construction",
    reason: "/completions was seen to continue raw text.",
  });
  expect(missing).toEqual(["token ids: the turn is tokenised anew at each step", "counts of cache hits"]);
});

test.each<[ServerDialect, Readonly<Record<string, unknown>>, string]>([
  ["vllm", listOf("vllm"), "/v1/completions"],
  ["sglang", listOf("sglang"), "/v1/completions"],
  ["llamacpp", listOf("llamacpp"), "/v1/completions"],
  ["ollama", { ...listOf("library"), "/api/version": { version: "0.12.0" } }, "/api/generate"],
  ["tgi", { "/info": { model_id: "QwQ", max_total_tokens: 4096 } }, "/v1/completions"],
  [
    "lmstudio",
    { "/api/v0/models": { data: [{ id: "qwq", state: "loaded", compatibility_type: "gguf" }] } },
    "/v1/completions",
  ],
])("%s is known by what it answers, and asked in its own way", async (dialect, facts, path) => {
  const { report, choice, endpoint } = await probe({ facts });
  expect(report).toMatchObject({ dialect, dialectFrom: "server", completions: { continues: "yes" } });
  expect(choice).toMatchObject({ family: "completions", dialect, continues: "by-construction" });
  expect(endpoint.routes().filter((route) => route.startsWith("POST"))).toEqual([
    `POST ${path}`,
    `POST ${path}`,
    ...Array.from({ length: 4 }, () => "POST /v1/chat/completions"),
  ]);
});

test("requests are few and small, and what is not needed is not asked", async () => {
  const { endpoint, report } = await probe({ facts: listOf("vllm") }, { thorough: false });
  expect(endpoint.routes()).toEqual(["GET /v1/models", "POST /v1/completions", "POST /v1/completions"]);
  expect(endpoint.requests.map(({ body }) => body?.["max_tokens"])).toEqual([undefined, 20, 20]);
  expect(endpoint.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
  expect(report.chat.exists).toBe("not asked");
});

test("completions that put a chat template around the prompt do not count, whatever they say", async () => {
  const usage = { prompt_tokens: 17, completion_tokens: 8, total_tokens: 25 };
  const { report, choice } = await probe({ completions: (_, text) => ({ text, usage }), chat: "missing" });
  expect(report.completions).toMatchObject({ continues: "yes", template: "yes" });
  expect(choice).toMatchObject({ family: null });
});

test("stop strings, counts and streams are told as they are", async () => {
  const { report, missing } = await probe({
    completions: (_, text) => ({ text, stop: "ignore", usage: false }),
    chat: (_, text) => ({ text, stop: "ignore", usage: false }),
  });
  expect(report.completions).toMatchObject({ stop: "ignored", usage: false, template: "unclear" });
  expect(report.chat).toMatchObject({ stop: "ignored", usage: false });
  expect(missing).toEqual([
    "token ids: the turn is tokenised anew at each step",
    "token counts: budgets are estimated from characters",
    "counts of cache hits",
    "stop strings: the connection is closed behind a call instead",
  ]);

  const included = await probe({ completions: (_, text) => ({ text, stop: "include" }) });
  expect(included.report.completions.stop).toBe("included");

  const whole = await probe({
    completions: (_, text) => json({ choices: [{ text, finish_reason: "stop" }] }),
    chat: (_, text) => json({ choices: [{ message: { content: text }, finish_reason: "stop" }] }),
  });
  expect(whole.report.completions).toMatchObject({ exists: "yes", continues: "yes", streams: false });
  expect(whole.report.chat).toMatchObject({ exists: "yes", continues: "yes", streams: false });
  // both are read as they come
  expect(whole.choice).toMatchObject({ family: "completions" });
});

const ids: EndpointOptions["completions"] = ({ return_token_ids: wanted }, text) => {
  const [said] = text.split("Saturday");
  const choice = {
    index: 0,
    text: said,
    finish_reason: "stop",
    ...(wanted === true && { token_ids: [1, 2] }),
  };
  const usage = { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 0 } };
  return {
    headers: { "content-type": "text/event-stream" },
    body: `data: ${JSON.stringify({ choices: [choice], usage })}\n\ndata: [DONE]\n\n`,
  };
};

test("token ids and cache hits that are told are seen", async () => {
  const { report, missing } = await probe({ facts: listOf("vllm"), completions: ids });
  expect(report.completions).toMatchObject({ tokenIds: true, cachedTokens: true, usage: true });
  expect(missing).toEqual([]);
});
