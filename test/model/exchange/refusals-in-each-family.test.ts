import { expect, test } from "vitest";
import { createChatPrefixModel } from "../../../src/model/chat-prefix/chat-prefix.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import type { ContinuationModel } from "../../../src/model/model.ts";
import { createChatToolsModel } from "../../../src/model/native-tools/chat-tools.ts";
import { createMessagesModel } from "../../../src/model/native-tools/messages/messages.ts";
import { createResponsesModel } from "../../../src/model/native-tools/responses/responses.ts";
import { json, type PlainReply } from "../../servers/completions.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { collect, textOf } from "../collect.ts";
import { qwqNativeSide } from "../native-tools/side.ts";
import { probe } from "../probe/ask.ts";

type Send = (body: Record<string, unknown>) => PlainReply | undefined;

const FAMILIES = ["completions", "chat-prefix", "native-tools"] as const;
const ALL = [...FAMILIES, "responses", "messages"] as const;

/** "Four." as OpenAI's `/responses` streams it. */
function fourAsItems(): PlainReply {
  const message = { id: "msg_1", type: "message", role: "assistant", status: "completed" };
  const item = { ...message, content: [{ type: "output_text", text: "Four.", annotations: [] }] };
  const events = [
    { type: "response.output_text.delta", item_id: "msg_1", output_index: 0, delta: "Four." },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: { id: "resp_1", status: "completed", output: [item] } },
  ];
  const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
  return { headers: { "content-type": "text/event-stream" }, body };
}

/** What each family sends to a server that refuses as the real one does, and what comes of it. */
async function askEach(
  refuses: Send,
  maxTokens: number,
  { window, families = FAMILIES }: { window?: number; families?: readonly (typeof ALL)[number][] } = {},
) {
  const asked = await Promise.all(
    families.map(async (family) => {
      const endpoint = await startEndpoint({
        completions: (request) => refuses(request) ?? { text: "Four." },
        chat: (request) => refuses(request) ?? { text: "Four." },
        responses: (request) => refuses(request) ?? fourAsItems(),
        messages: (request) => refuses({ ...request }) ?? { text: "Four." },
        ...(window !== undefined && {
          facts: { "/v1/models": { data: [{ id: "qwq", owned_by: "vllm", max_model_len: window }] } },
        }),
      });
      const served = { baseUrl: endpoint.url, modelName: "qwq", dialect: "vllm" as const, maxRetries: 0 };
      const tools = { ...served, side: qwqNativeSide };
      const models: Record<(typeof ALL)[number], () => ContinuationModel> = {
        completions: () => createCompletionsModel(served),
        "chat-prefix": () => createChatPrefixModel(served),
        "native-tools": () => createChatToolsModel(tools),
        responses: () => createResponsesModel(tools),
        messages: () => createMessagesModel(tools),
      };
      const model = models[family]();
      await model.describe();
      const texts = [
        textOf(await collect(model, { maxTokens })),
        textOf(await collect(model, { maxTokens })),
      ];
      const bodies = endpoint.requests.flatMap(({ route, body }) =>
        body !== undefined && /(?:completions|responses|messages)$/.test(route) ? [body] : [],
      );
      return { family, texts: texts.map((text) => text.includes("Four.")), bodies };
    }),
  );
  return asked;
}

const bad = (message: string, status = 400): PlainReply => ({
  status,
  ...json({ error: { message, type: "BadRequestError", param: null, code: status } }),
});
/** So many tokens has the prompt, as the server counts. */
const PROMPT_TOKENS = 120;

const WINDOWS: readonly (readonly [name: string, words: (asked: number, window: number) => string])[] = [
  [
    "vLLM 0.32",
    (asked, window) =>
      `max_tokens=${asked} cannot be greater than max_model_len=${window}. Please request fewer output tokens.`,
  ],
  [
    "vLLM and OpenAI, older",
    (asked, window) =>
      `This model's maximum context length is ${window} tokens. However, you requested ${asked + PROMPT_TOKENS} tokens (${PROMPT_TOKENS} in the messages, ${asked} in the completion). Please reduce the length of the messages or completion.`,
  ],
  [
    "vLLM 0.10",
    (asked, window) =>
      `'max_tokens' or 'max_completion_tokens' is too large: ${asked}. This model's maximum context length is ${window} tokens and your request has ${PROMPT_TOKENS} input tokens (${asked} > ${window} - ${PROMPT_TOKENS}).`,
  ],
  [
    "SGLang",
    (asked, window) =>
      `Requested token count exceeds the model's maximum context length of ${window} tokens. You requested a total of ${asked + PROMPT_TOKENS} tokens: ${PROMPT_TOKENS} tokens from the input messages and ${asked} tokens for the completion. Please reduce the number of tokens in the input messages or the completion to fit within the limit.`,
  ],
  [
    "only the sum",
    (asked, window) =>
      `maximum context length is ${window}, however you requested ${asked + PROMPT_TOKENS} tokens.`,
  ],
  [
    "TGI",
    (asked, window) =>
      `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= ${window}. Given: ${PROMPT_TOKENS} \`inputs\` tokens and ${asked} \`max_new_tokens\``,
  ],
];

const limitOf = (body: Record<string, unknown>): number =>
  Number(body["max_tokens"] ?? body["max_completion_tokens"] ?? body["max_output_tokens"]);

test.each(
  WINDOWS.flatMap(([name, words]) => [4_096, 8_192, 26_000].map((window) => [name, window, words] as const)),
)(
  "%s with a window of %i: the wish is lowered to what it leaves, once, in each family",
  async (name, window, words) => {
    const counted = name === "vLLM 0.32" ? 0 : PROMPT_TOKENS;
    const asked = await askEach(
      (body) => {
        const limit = limitOf(body);
        return limit + counted > window ? bad(words(limit, window)) : undefined;
      },
      26_214,
      { families: ALL },
    );
    for (const { family, texts, bodies } of asked) {
      expect([family, ...texts]).toEqual([family, true, true]);
      const limits = bodies.map(limitOf);
      // where the prompt is not told, it is estimated
      const left = counted === 0 ? (limits[1] ?? 0) : window - counted;
      expect([family, limits.slice(0, 2)]).toEqual([family, [26_214, left]]);
      expect(window - left).toBeLessThan(1_000);
      expect(limits.filter((limit) => limit + counted > window)).toEqual([26_214]);
    }
  },
);

test.each([4_096, 8_192, 26_000])(
  "a window of %i that is told: the wish is lowered before the first refusal, in each family",
  async (window) => {
    let refused = 0;
    const refuses: Send = (body) => {
      const { prompt, messages, tools } = body;
      const tokens = Math.ceil(JSON.stringify([prompt, messages, tools]).length / 4);
      if (limitOf(body) + tokens <= window) return undefined;
      refused += 1;
      return bad(`max_tokens=${limitOf(body)} cannot be greater than max_model_len=${window}.`);
    };
    for (const { family, texts, bodies } of await askEach(refuses, 26_214, { window })) {
      expect([family, ...texts]).toEqual([family, true, true]);
      expect([family, bodies.length]).toEqual([family, 2]);
      for (const body of bodies) expect(limitOf(body)).toBeGreaterThan(window - 1_000);
    }
    expect(refused).toBe(0);
  },
);

test("a prompt that leaves no room for a reply is too long, and not asked again with a few tokens", async () => {
  for (const message of [
    "This model's maximum context length is 8192 tokens. However, you requested 9192 tokens (8000 in the messages, 1192 in the completion).",
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.",
  ]) {
    let requests = 0;
    const endpoint = await startEndpoint({
      completions: () => {
        requests += 1;
        return bad(message);
      },
    });
    const model = createCompletionsModel({ baseUrl: endpoint.url, modelName: "qwq", dialect: "generic" });
    await expect(collect(model, { maxTokens: 1_192 })).rejects.toMatchObject({
      code: "model-context-overflow",
    });
    expect(requests).toBe(1);
  }
});

test.each([
  [
    "at most 16384 completion tokens",
    "max_tokens is too large: 26214. This model supports at most 16384 completion tokens, whereas you provided 26214.",
  ],
  ["DeepSeek", "Invalid max_tokens value, the valid range of max_tokens is [1, 16384]"],
  [
    "Groq",
    "`max_tokens` must be less than or equal to `16384`, the maximum value for `max_tokens` is less than the `context_window` for this model",
  ],
  ["Anthropic", "max_tokens: 26214 > 16384, which is the maximum allowed number of output tokens for claude"],
])("the most tokens of a reply are heeded: %s", async (_, message) => {
  const asked = await askEach((body) => (limitOf(body) > 16_384 ? bad(message) : undefined), 26_214);
  for (const { texts, bodies } of asked) {
    expect(texts).toEqual([true, true]);
    expect(bodies.map(limitOf)).toEqual([26_214, 16_384, 16_384]);
  }
});

const FIELDS: readonly (readonly [
  name: string,
  status: number,
  body: (names: readonly string[]) => unknown,
])[] = [
  [
    "transformers serve",
    422,
    (names) => ({
      detail: `Unexpected fields in the request: {${names.map((name) => `'${name}'`).join(", ")}}`,
    }),
  ],
  [
    "pydantic",
    422,
    (names) => ({
      detail: names.map((name) => ({
        type: "extra_forbidden",
        loc: ["body", name],
        msg: "Extra inputs are not permitted",
      })),
    }),
  ],
  [
    "OpenAI",
    400,
    (names) => ({ error: { message: `Unrecognized request arguments supplied: ${names.join(", ")}` } }),
  ],
  ["Groq, one at a time", 400, ([name]) => ({ error: { message: `property '${name}' is unsupported` } })],
];

test.each(FIELDS)(
  "fields that %s names are left out and remembered, in each family",
  async (_, status, body) => {
    const asked = await askEach((sent) => {
      const named = ["top_k", "min_p"].filter((name) => name in sent);
      return named.length === 0 ? undefined : { status, ...json(body(named)) };
    }, 500);
    for (const { family, texts, bodies } of asked) {
      expect([family, ...texts]).toEqual([family, true, true]);
      expect(bodies[0]).toMatchObject({ top_k: 40, min_p: 0 });
      for (const sent of bodies.slice(-2)) {
        expect(sent).not.toHaveProperty("top_k");
        expect(sent).not.toHaveProperty("min_p");
        expect(sent).toMatchObject({ temperature: 0.6, top_p: 0.95 });
      }
      expect(bodies.length).toBeLessThanOrEqual(4);
    }
  },
);

test("a probe sends the fields of a run, so that what a server refuses is known by then", async () => {
  const { choice, endpoint } = await probe({
    facts: { "/v1/models": { data: [{ id: "QwQ-32B", owned_by: "someone" }] } },
    completions: (request, text) =>
      "top_k" in request
        ? { status: 422, ...json({ detail: "Unexpected fields in the request: {'top_k', 'min_p'}" }) }
        : { text },
    chat: "missing",
  });
  expect(choice).toMatchObject({ family: "completions" });
  const [first, second] = endpoint.requests.filter(({ route }) => route === "POST /v1/completions");
  expect(first?.body).toMatchObject({ temperature: 0, top_k: 40, min_p: 0 });
  expect(second?.body).not.toHaveProperty("top_k");
});
