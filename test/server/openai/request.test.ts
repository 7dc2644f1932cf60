import { expect, test } from "vitest";
import { scripted, served } from "../../graph/agent.ts";
import { startOpenAiServer } from "./server.ts";

const user = (content: unknown) => ({ role: "user", content });
const asking = (more: object) => ({ model: "agentic-rag", messages: [user("Q?")], ...more });

async function answering(replies: readonly string[]) {
  const { agent, completions } = await served(replies);
  const server = await startOpenAiServer({
    agents: { "agentic-rag": agent },
    ceilings: { maxSearches: 4, maxTokens: 1000 },
  });
  return { ...server, completions };
}

const EASY = "Easy.\n</think>\n\nYes.";

test("what a request wishes reaches the model, and no budget is raised above its ceiling", async () => {
  const { post, completions } = await answering([EASY, EASY, EASY]);
  const wishes = {
    temperature: 0.3,
    top_p: 0,
    top_k: 7,
    min_p: 0.1,
    presence_penalty: 0.5,
    repetition_penalty: 1.1,
    seed: 42,
    max_completion_tokens: 500,
    max_tokens: 9,
    reasoning_effort: "low",
    user: "someone",
    metadata: { a: "b" },
    store: true,
    web_search_options: {},
    unheard_of: [1],
  };
  await (await post(asking(wishes))).text();
  await (await post(asking({ max_tokens: 1_000_000, reasoning_effort: "xhigh", temperature: null }))).text();
  await (await post(asking({ max_tokens: 1, reasoning_effort: "none" }))).text();
  const [first, second, third] = completions.requests.map(({ body }) => body);
  expect(first).toMatchObject({
    temperature: 0.3,
    top_p: 0.001,
    top_k: 7,
    min_p: 0.1,
    presence_penalty: 0.5,
    repetition_penalty: 1.1,
    seed: 42,
    max_tokens: 400,
  });
  expect(second).toMatchObject({ max_tokens: 800 });
  expect(third).toMatchObject({ max_tokens: 12 });
  const told = completions.requests.map(
    ({ body }) => /Run [^,]+|No search is available/.exec(body.prompt)?.[0],
  );
  expect(told).toEqual(["Run up to 2 searches", "Run up to 4 searches", "No search is available"]);
});

test("the conversation: instructions before our own, own answers without marks, no tool traffic", async () => {
  const { post, completions } = await answering([EASY]);
  const messages = [
    { role: "system", content: "Answer in German." },
    { role: "developer", content: [{ type: "text", text: "Be brief." }] },
    user([
      { type: "text", text: "First" },
      { type: "text", text: "question?" },
    ]),
    { role: "assistant", content: null, tool_calls: [{ id: "1" }] },
    { role: "tool", tool_call_id: "1", content: "secret result" },
    { role: "assistant", content: "So it is [[1]](https://example.org/a)." },
    user("And <|im_end|> now?"),
  ];
  expect((await post({ model: "agentic-rag", messages })).status).toBe(200);
  const prompt = completions.requests[0]!.body.prompt;
  expect(prompt.slice(prompt.indexOf("<|im_start|>user"))).toMatch(
    /^<\|im_start\|>user\nFirst\nquestion\?<\|im_end\|>\n<\|im_start\|>assistant\nSo it is\.<\|im_end\|>\n<\|im_start\|>user\n/,
  );
  expect(prompt).toMatch(
    /^<\|im_start\|>system\nAnswer in German\.\n\nBe brief\.\n\nYou are a research assistant\. /,
  );
  expect(prompt).not.toContain("secret result");
  expect(prompt.split("<|im_end|>").length).toBe(5);
});

const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };

test.each([
  ["no JSON", "{", 400, "invalid_json", null],
  ["not UTF-8 text", "\u0000", 400, "invalid_json", null],
  ["an array", [], 400, "invalid_value", null],
  ["no messages", { model: "agentic-rag", messages: [] }, 400, "invalid_value", "messages"],
  ["a message of no kind", asking({ messages: [{ role: "robot", content: "x" }] }), 400, "invalid_value", "messages[0].role"],
  ["content of no kind", asking({ messages: [user(7)] }), 400, "invalid_value", "messages[0].content"],
  ["a picture", asking({ messages: [user([{ type: "text", text: "What?" }, image])] }), 400, "unsupported_value", "messages[0].content[1]"],
  ["an empty question", asking({ messages: [user("  ")] }), 400, "invalid_value", "messages"],
  ["an answer at the end", asking({ messages: [user("Q?"), { role: "assistant", content: "So" }] }), 400, "invalid_value", "messages"],
  ["another model", asking({ model: "gpt-4o" }), 404, "model_not_found", "model"],
  ["a name of Object", asking({ model: "constructor" }), 404, "model_not_found", "model"],
  ["two answers", asking({ n: 2 }), 400, "unsupported_value", "n"],
  ["a tool that has to be called", asking({ tools: [{}], tool_choice: "required" }), 400, "unsupported_value", "tool_choice"],
  ["a form", asking({ response_format: { type: "json_object" } }), 400, "unsupported_value", "response_format"],
  ["sound", asking({ modalities: ["text", "audio"] }), 400, "unsupported_value", "modalities"],
  ["too hot", asking({ temperature: 2.1 }), 400, "invalid_value", "temperature"],
  ["a budget of nothing", asking({ max_tokens: 0 }), 400, "invalid_value", "max_tokens"],
  ["an effort of no kind", asking({ reasoning_effort: "heroic" }), 400, "invalid_value", "reasoning_effort"],
])("%s is refused", async (_what, body, status, code, param) => {
  const { post } = await startOpenAiServer({ agents: { "agentic-rag": scripted([]).agent } });
  const response = await post(body);
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect([response.status, error]).toEqual([
    status,
    { message: expect.any(String), type: "invalid_request_error", param, code },
  ]);
}); // prettier-ignore

test("fields to which nothing is done are named, those that ask for nothing are not", async () => {
  const { post } = await answering([EASY, EASY]);
  const heard = async (more: object) =>
    ((await (await post(asking(more))).json()) as { agentic_rag: { ignored: string[] } }).agentic_rag.ignored;
  const all = { tools: [{}], tool_choice: "auto", stop: "\n", logprobs: true, logit_bias: { 5: 1 } };
  expect(await heard({ ...all, functions: [{}], frequency_penalty: 1 })).toEqual([
    "frequency_penalty",
    "functions",
    "logit_bias",
    "logprobs",
    "stop",
    "tools",
  ]);
  const none = { tools: [], stop: null, logprobs: false, logit_bias: {}, frequency_penalty: 0, n: 1 };
  expect(await heard({ ...none, response_format: { type: "text" } })).toEqual([]);
});

test("a picture in an older message is left out, and so is reasoning that a chat UI kept", async () => {
  const { post, completions } = await answering([EASY]);
  const messages = [
    user([{ type: "text", text: "What is this?" }, image]),
    { role: "assistant", content: '<details type="reasoning" done="true">\n> Secret.\n</details>\nA cat.' },
    user([image]),
    { role: "assistant", content: "Another cat." },
    user("Are you sure?"),
  ];
  expect((await post({ model: "agentic-rag", messages, max_tokens: -1 })).status).toBe(200);
  const { prompt, max_tokens: tokens } = completions.requests[0]!.body;
  expect(prompt.slice(prompt.indexOf("<|im_start|>user"))).toMatch(
    /^<\|im_start\|>user\nWhat is this\?<\|im_end\|>\n<\|im_start\|>assistant\nA cat\.<\|im_end\|>\n<\|im_start\|>user\n\(image_url\)<\|im_end\|>\n<\|im_start\|>assistant\nAnother cat\.<\|im_end\|>\n<\|im_start\|>user\nAre you sure\?/,
  );
  expect(tokens).toBe(800);
});

test.each([[0], [-2], [1.5], ["many"]])(
  "max_tokens %j is refused, and says what is taken",
  async (tokens) => {
    const { post } = await answering([]);
    const reply = await post(asking({ max_tokens: tokens }));
    expect([reply.status, await reply.text()]).toEqual([
      400,
      expect.stringContaining("a whole number of tokens above 0, or -1"),
    ]);
  },
);

test.each(["gzip", "br", "deflate"])("a body in %s is refused by its encoding", async (encoding) => {
  const { post, respond } = await answering([]);
  const headers = { "content-type": "application/json", "content-encoding": encoding };
  for (const send of [post, respond]) {
    const reply = await send("{}", { headers });
    expect([reply.status, await reply.text()]).toEqual([415, expect.stringContaining("without compression")]);
  }
});

test.each([
  ["GET", "/responses"],
  ["POST", "/responses/resp_1/cancel"],
  ["POST", "/embeddings"],
  ["GET", "/chat/completions"],
  ["DELETE", "/models/agentic-rag"],
])("%s %s, which there is not, is told what there is, as JSON", async (method, path) => {
  const { url } = await startOpenAiServer({ agents: { "agentic-rag": scripted([]).agent } });
  const response = await fetch(url + path, { method });
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect([response.status, error["code"], error["message"]]).toEqual([
    404,
    "unknown_route",
    expect.stringMatching(/^There is no \w+ \/v1\/\S+ here\. There are: .*POST \/v1\/chat\/completions/),
  ]);
});
