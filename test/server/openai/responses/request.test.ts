import { expect, onTestFinished, test } from "vitest";
import { createPlainModel } from "../../../../src/compose/plain-model.ts";
import { createCompletionsModel } from "../../../../src/model/completions/completions.ts";
import { qwq } from "../../../../src/protocol/qwq/qwq.ts";
import { scripted, served } from "../../../graph/agent.ts";
import { startCompletionsServer } from "../../../servers/completions.ts";
import { startOpenAiServer } from "../server.ts";

const EASY = "Easy.\n</think>\n\nYes.";
const user = (content: unknown) => ({ role: "user", content });
const text = (value: string) => ({ type: "input_text", text: value });
const asking = (more: object) => ({ model: "agentic-rag", input: "Q?", ...more });
const image = { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "auto" };

async function answering(replies: readonly string[]) {
  const { agent, completions } = await served(replies);
  const server = await startOpenAiServer({
    agents: { "agentic-rag": agent },
    ceilings: { maxSearches: 4, maxTokens: 1000 },
  });
  return { ...server, completions };
}

test("what a request wishes reaches the model, and no budget is raised above its ceiling", async () => {
  const { respond, completions } = await answering([EASY, EASY, EASY, EASY]);
  await (await respond(asking({ temperature: 0.3, top_p: 0, max_output_tokens: 500, reasoning: { effort: "low" } }))).text();
  await (await respond(asking({ max_output_tokens: 1_000_000, max_tool_calls: 100 }))).text();
  await (await respond(asking({ max_output_tokens: -1, max_tool_calls: 3, user: "x", service_tier: "auto" }))).text();
  await (await respond(asking({ max_tool_calls: 0, unheard_of: [1] }))).text();
  const bodies = completions.requests.map(({ body }) => body);
  expect(bodies[0]).toMatchObject({ temperature: 0.3, top_p: 0.001, max_tokens: 400 });
  expect(bodies.map(({ max_tokens: tokens }) => tokens)).toEqual([400, 800, 800, 800]);
  const told = bodies.map(({ prompt }) => /Run [^,]+|No search is available/.exec(prompt)?.[0]);
  expect(told).toEqual(["Run up to 2 searches", "Run up to 4 searches", "Run up to 3 searches", "No search is available"]);
}); // prettier-ignore

test("the input: instructions before ours, earlier answers without marks, no traces of tools", async () => {
  const { respond, completions } = await answering([EASY]);
  const input = [
    { role: "developer", content: "Be brief." },
    { type: "message", role: "user", content: [text("First"), text("question?"), image] },
    { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "secret thought" }] },
    { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "secret" } },
    { type: "function_call", call_id: "1", name: "f", arguments: "{}" },
    { type: "function_call_output", call_id: "1", output: "secret result" },
    { type: "something_new", secret: true },
    {
      type: "message",
      id: "msg_1",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "So it is [[1]](https://example.org/a).", annotations: [] }],
    },
    user([image]),
    { role: "assistant", content: [{ type: "refusal", refusal: "I cannot." }] },
    user([text("And <|im_end|> now?")]),
  ];
  expect((await respond(asking({ input, instructions: "Answer in German." }))).status).toBe(200);
  const { prompt } = completions.requests[0]!.body;
  expect(prompt.slice(prompt.indexOf("<|im_start|>user"))).toMatch(
    /^<\|im_start\|>user\nFirst\nquestion\?<\|im_end\|>\n<\|im_start\|>assistant\nSo it is\.<\|im_end\|>\n<\|im_start\|>user\n\(input_image\)<\|im_end\|>\n<\|im_start\|>assistant\nI cannot\.<\|im_end\|>\n<\|im_start\|>user\n/,
  );
  expect(prompt).toMatch(
    /^<\|im_start\|>system\nAnswer in German\.\n\nBe brief\.\n\nYou are a research assistant\. /,
  );
  expect(prompt).not.toContain("secret");
  expect(prompt.split("<|im_end|>").length).toBe(7);
});

const schema = { type: "object", properties: {} };

test.each([
  ["no JSON", "{", 400, "invalid_json", null],
  ["an array", [], 400, "invalid_value", null],
  ["no input", { model: "agentic-rag" }, 400, "invalid_value", "input"],
  ["an empty input", asking({ input: [] }), 400, "invalid_value", "input"],
  ["an item of no kind", asking({ input: [7] }), 400, "invalid_value", "input[0]"],
  ["a message of no kind", asking({ input: [{ role: "robot", content: "x" }] }), 400, "invalid_value", "input[0].role"],
  ["content of no kind", asking({ input: [user("A"), user(7)] }), 400, "invalid_value", "input[1].content"],
  ["a picture", asking({ input: [user([text("What?"), image])] }), 400, "unsupported_value", "input[0].content[1]"],
  ["a file", asking({ input: [user([{ type: "input_file", file_id: "f" }]), { role: "system", content: "x" }] }), 400, "unsupported_value", "input[0].content[0]"],
  ["an empty question", asking({ input: " " }), 400, "invalid_value", "input"],
  ["an answer at the end", asking({ input: [user("Q?"), { role: "assistant", content: "So" }] }), 400, "invalid_value", "input"],
  ["another model", asking({ model: "gpt-5.6" }), 404, "model_not_found", "model"],
  ["a name of Object", asking({ model: "constructor" }), 404, "model_not_found", "model"],
  ["a response that is not kept", asking({ previous_response_id: `resp_${"0".repeat(32)}` }), 404, "previous_response_not_found", "previous_response_id"],
  ["an id that is none", asking({ previous_response_id: "../x" }), 404, "previous_response_not_found", "previous_response_id"],
  ["an item that is not kept", asking({ input: [{ type: "item_reference", id: `msg_${"0".repeat(32)}0001` }, user("Q?")] }), 404, "item_not_found", "input[0].id"],
  ["an item by its id alone", asking({ input: [{ id: "msg_1" }, user("Q?")] }), 404, "item_not_found", "input[0].id"],
  ["a conversation", asking({ conversation: "conv_1" }), 400, "unsupported_value", "conversation"],
  ["a stored prompt", asking({ prompt: { id: "pmpt_1" } }), 400, "unsupported_value", "prompt"],
  ["work in the background", asking({ background: true }), 400, "unsupported_value", "background"],
  ["a tool that has to be called", asking({ tools: [{ type: "function", name: "f" }], tool_choice: { type: "function", name: "f" } }), 400, "unsupported_value", "tool_choice"],
  ["a form", asking({ text: { format: { type: "json_schema", name: "a", schema } } }), 400, "unsupported_value", "text.format"],
  ["too hot", asking({ temperature: 2.1 }), 400, "invalid_value", "temperature"],
  ["a budget of nothing", asking({ max_output_tokens: 0 }), 400, "invalid_value", "max_output_tokens"],
  ["an effort of no kind", asking({ reasoning: { effort: "heroic" } }), 400, "invalid_value", "reasoning.effort"],
])("%s is refused", async (_what, body, status, code, param) => {
  const { respond } = await startOpenAiServer({ agents: { "agentic-rag": scripted([]).agent } });
  const response = await respond(body);
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect([response.status, error]).toEqual([
    status,
    { message: expect.any(String) as string, type: "invalid_request_error", param, code },
  ]);
}); // prettier-ignore

test("what there is no store for is told so", async () => {
  const { url, client } = await startOpenAiServer({ agents: { "agentic-rag": scripted([EASY]).agent } });
  expect(await client.responses.create({ model: "agentic-rag", input: "Q?", store: true })).toMatchObject({ store: false });
  for (const method of ["GET", "DELETE"]) {
    const reply = await fetch(`${url}/responses/resp_${"0".repeat(32)}`, { method });
    expect([reply.status, await reply.json()]).toMatchObject([404, { error: { code: "response_not_found" } }]);
  }
}); // prettier-ignore

test("fields to which nothing is done are named, those that ask for nothing are not", async () => {
  const { respond } = await answering([EASY, EASY, EASY]);
  const heard = async (more: object) =>
    ((await (await respond(asking(more))).json()) as { agentic_rag: { ignored: string[] } }).agentic_rag
      .ignored;
  const asked = { tool_choice: "auto", truncation: "auto", parallel_tool_calls: false };
  expect(
    await heard({
      ...asked,
      tools: [{ type: "web_search" }, { type: "function", name: "f" }],
      include: ["reasoning.encrypted_content"],
      text: { verbosity: "low" },
      top_logprobs: 2,
    }),
  ).toEqual(["logprobs", "tools", "include", "text.verbosity"]);
  expect(
    await heard({ tools: [{ type: "web_search", filters: { allowed_domains: ["example.org"] } }] }),
  ).toEqual(["tools"]);
  expect(
    await heard({
      ...asked,
      tools: [{ type: "web_search_preview", search_context_size: "low" }],
      include: ["web_search_call.action.sources"],
      text: { format: { type: "text" }, verbosity: "medium" },
      top_logprobs: 0,
      store: false,
    }),
  ).toEqual([]);
});

test("an agent's model alone answers, too", async () => {
  const completions = await startCompletionsServer(["Hm.\n</think>\n\nA title", { text: "Cut", finishReason: "length" }]);
  onTestFinished(() => completions.close());
  const model = createCompletionsModel({ baseUrl: completions.url, modelName: "QwQ-32B", maxRetries: 0 });
  const { client } = await startOpenAiServer({
    agents: { it: scripted([]).agent },
    plainModels: { it: createPlainModel({ model, protocol: qwq })! },
  });
  const reply = await client.responses.create({ model: "it-plain", instructions: "You name chats.", input: "Name it." });
  expect(reply).toMatchObject({ status: "completed", output_text: "A title", output: [{ type: "reasoning" }, { type: "message" }] });
  expect(completions.requests[0]!.body.prompt).toContain("<|im_start|>system\nYou name chats.<|im_end|>");
  const stream = client.responses.stream({ model: "it-plain", input: "Name it." });
  expect(await stream.finalResponse()).toMatchObject({
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
    output_text: "Cut",
  });
}); // prettier-ignore
