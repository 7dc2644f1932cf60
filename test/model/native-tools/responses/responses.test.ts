import { expect, test } from "vitest";
import { AgenticRagError } from "../../../../src/errors.ts";
import type { ResponsesOptions } from "../../../../src/model/native-tools/responses/responses.ts";
import { describeModel } from "../../../conformance/model.ts";
import { json, writeApart, type PlainReply } from "../../../servers/completions.ts";
import { startWireServer } from "../../../servers/wire-server.ts";
import { collect, collectUntilError, textOf } from "../../collect.ts";
import { KEY } from "../../key.ts";
import { callText } from "../ask.ts";
import { thoughtOf } from "../twin.ts";
import { BARE, over } from "./over.ts";
import { eventsOf, outputOf, send, startResponses, streamed } from "./twin.ts";

const said = (text: string): object => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
});

describeModel({
  family: "responses",
  stop: "ignore",
  start: async (kind) => {
    const events = eventsOf("resp_1", 3);
    const server = await startWireServer((response) => {
      if (kind === undefined) return send(response, streamed(events));
      response.writeHead(200, { "content-type": "text/event-stream" });
      if (kind === "unfinished") response.write(streamed(events.slice(0, 6)).body);
      else void writeApart(response, streamed(events).body);
    });
    return {
      model: over(`${server.url}/v1`),
      connectionClosed: () => server.disconnected.then(() => true),
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});

test("the request has the fields of the route, and the operator's", async () => {
  const twin = await startResponses();
  const options = { sampling: BARE, reasoning: "high", extraBody: { prompt_cache_key: "k" } } as const;
  await collect(over(twin.url, options), { maxTokens: 77, calls: false, stop: ["</tool_call>"] });
  expect(twin.taken).toEqual([
    {
      model: "gpt-5.6",
      input: [{ type: "message", role: "user", content: "Hello" }],
      max_output_tokens: 77,
      stream: true,
      store: false,
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "high", summary: "auto" },
      tools: [expect.objectContaining({ type: "function", name: "web_search", strict: false })],
      tool_choice: "none",
      prompt_cache_key: "k",
    },
  ]);
});

test("a field that the model does not take is left out from then on", async () => {
  const twin = await startResponses();
  const model = over(twin.url);
  for (const _ of [1, 2]) await collect(model);
  expect(twin.refused).toEqual([
    "Unsupported parameter: 'temperature' is not supported with this model.",
    "Unsupported parameter: 'top_p' is not supported with this model.",
  ]);
});

/** One request to a server that gives this reply. */
async function once(reply: PlainReply | readonly object[], options: Partial<ResponsesOptions> = {}) {
  const server = await startWireServer((response) =>
    send(response, "body" in reply ? reply : streamed(reply)),
  );
  return collectUntilError(over(`${server.url}/v1`, options));
}

test("a step is told as reasoning with its call, and its tokens", async () => {
  const twin = await startResponses();
  const chunks = await collect(over(twin.url, { sampling: BARE }));
  expect(textOf(chunks)).toBe(`<think>\n${thoughtOf(0)}\n\nAnd so on.\n${callText("one")}`);
  expect(chunks.at(-1)).toEqual({
    type: "end",
    finishReason: "stop",
    stopReason: null,
    usage: { promptTokens: 60, completionTokens: 9, cachedTokens: 20, reasoningTokens: 5 },
  });
});

const completed = { type: "response.completed", response: { status: "completed", output: [] } };
const ITEM = outputOf(0)[1];

test.each([
  ["items that come whole", [{ type: "response.output_item.done", output_index: 0, item: ITEM }, completed]],
  [
    "a call whose arguments come with its end",
    [
      { type: "response.output_item.added", output_index: 0, item: { ...ITEM, arguments: "" } },
      { type: "response.output_item.done", output_index: 0, item: ITEM },
      completed,
    ],
  ],
  [
    "parts of a call without its name",
    [
      { type: "response.function_call_arguments.delta", output_index: 0, delta: '{"query":' },
      { type: "response.output_item.done", output_index: 0, item: ITEM },
      completed,
    ],
  ],
  ["an end that has all", [{ ...completed, response: { status: "completed", output: [ITEM] } }]],
])("a call is read from %s", async (_name, events) => {
  expect(await once(events)).toEqual({ text: callText("one"), error: undefined });
});

const delta = { type: "response.output_text.delta", output_index: 0, delta: "It" };
const ended = (status: string, more: object) => [
  delta,
  { type: `response.${status}`, response: { id: "resp_1", status, ...more } },
];

test.each([
  [
    "a reply that is too long",
    ended("incomplete", { incomplete_details: { reason: "max_output_tokens" } }),
    undefined,
  ],
  ["a filter", ended("incomplete", { incomplete_details: { reason: "content_filter" } }), "model-rejected"],
  ["a failure", ended("failed", { error: { code: "server_error", message: "Sorry" } }), "model-server-error"],
  [
    "a limit",
    ended("failed", { error: { code: "rate_limit_exceeded", message: "Slow" } }),
    "model-rate-limited",
  ],
  [
    "an error event",
    [delta, { type: "error", code: "server_error", message: "Oops", param: null }],
    "model-server-error",
  ],
  ["a cancelled reply", ended("cancelled", {}), "model-truncated"],
  ["a break", [delta], "model-truncated"],
  ["what is no event", [delta, { choices: [] }], "model-bad-reply"],
])("%s is told by its code", async (_name, events, code) => {
  const { text, error } = await once(events);
  expect(text).toBe("It");
  expect(AgenticRagError.isInstance(error) ? error.code : error).toBe(code);
});

test("no error shows the key", async () => {
  const { error } = await once({ status: 400, ...json({ error: { message: `Bad key ${KEY}` } }) });
  expect(String(error)).toContain("Bad key ***");
});

/** What is kept of a reply with this output. */
const kept = async (output: readonly unknown[], status = "completed") => {
  const server = await startWireServer((response) =>
    send(response, json({ object: "response", status, output })),
  );
  return (await collect(over(`${server.url}/v1`))).flatMap(({ received }) => received ?? []);
};

test("what is no answer is not kept: a cut reply, bare reasoning, a call that cannot be read", async () => {
  const [reasoning, call] = outputOf(0);
  expect(await kept([reasoning])).toEqual([]);
  expect(await kept([reasoning, { ...call, arguments: '{"que' }])).toEqual([]);
  expect(await kept([reasoning, said("Hm")], "incomplete")).toEqual([]);
  const [whole] = await kept([said("Hm"), reasoning]);
  expect(JSON.parse(whole?.message ?? "")).toEqual({ output: [said("Hm")] });
});
