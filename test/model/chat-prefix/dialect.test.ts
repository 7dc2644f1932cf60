import { describe, expect, test } from "vitest";
import { createChatPrefixModel } from "../../../src/model/chat-prefix/chat-prefix.ts";
import { startEndpoint, type Failure } from "../../servers/endpoint.ts";
import { collect } from "../collect.ts";
import { CONTINUED } from "./ask.ts";

const clock = { now: () => 0, random: () => 0, sleep: () => Promise.resolve() };

/** How each server is told to go on with the last message. */
const FLAGS = { add_generation_prompt: false, continue_final_message: true };
const TGI = { model_id: "QwQ-32B", max_total_tokens: 4096 };

describe.each([
  ["vllm", { "/v1/models": { data: [{ id: "qwq", owned_by: "vllm" }] } }, "/v1/models", FLAGS],
  [
    "sglang",
    { "/v1/models": { data: [{ id: "qwq", owned_by: "sglang" }] } },
    "/v1/models",
    { ...FLAGS, separate_reasoning: false },
  ],
  [
    "llamacpp",
    { "/v1/models": { data: [{ id: "qwq", owned_by: "llamacpp" }] } },
    "/v1/models",
    { ...FLAGS, reasoning_format: "none" },
  ],
  ["tgi", { "/info": TGI }, "/info", FLAGS],
] as const)("%s, with the dialect auto", (dialect, facts, path, flags) => {
  test("is asked what it is, once", async () => {
    const endpoint = await startEndpoint({ facts });
    const model = createChatPrefixModel({ baseUrl: endpoint.url, modelName: "qwq", dialect: "auto" });
    await collect(model, {}, CONTINUED);
    expect(endpoint.requests.at(-1)?.body).toMatchObject(flags);
    expect(await model.describe()).toEqual({ family: "chat-prefix", name: "qwq", dialect });
    await collect(model, {}, CONTINUED);
    expect(endpoint.routes().filter((route) => route === `GET ${path}`)).toHaveLength(1);
  });

  test.each<Failure>(["reset", 500, 503, 429])(
    "is asked again where that was lost once: %s",
    async (failure) => {
      const endpoint = await startEndpoint({ facts, failures: { [path]: [failure] } });
      const model = createChatPrefixModel({ baseUrl: endpoint.url, modelName: "qwq", dialect: "auto" });
      expect(await model.describe()).toEqual({ family: "chat-prefix", name: "qwq" });
      await collect(model, {}, CONTINUED);
      expect(endpoint.requests.at(-1)?.body).toMatchObject(flags);
    },
  );

  test("is spoken to in its own way when it comes up, between two tries or between two requests", async () => {
    for (const maxRetries of [0, 1]) {
      const endpoint = await startEndpoint({ facts });
      let up = false;
      const model = createChatPrefixModel({
        baseUrl: endpoint.url,
        modelName: "qwq",
        dialect: "auto",
        maxRetries,
        fetch: (url, init) => (up ? fetch(url, init) : Promise.reject(new TypeError("fetch failed"))),
        clock: { ...clock, sleep: () => Promise.resolve(void (up = true)) },
      });
      const first = await collect(model, {}, CONTINUED).catch((error: unknown) => error);
      up = true;
      const second = await collect(model, {}, CONTINUED);
      expect([first, second]).toMatchObject([
        maxRetries === 0 ? { code: "model-unreachable" } : second,
        second,
      ]);
      const chats = endpoint.requests.filter(({ route }) => route === "POST /v1/chat/completions");
      expect(chats.map(({ body }) => body)).toMatchObject(
        Array.from({ length: 1 + maxRetries }, () => flags),
      );
    }
  });
});
