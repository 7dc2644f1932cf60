import { expect, test } from "vitest";
import type { ChatRequestBody } from "../../servers/chat-wire.ts";
import { json, type PlainReply } from "../../servers/completions.ts";
import { eventsOf, streamed } from "../native-tools/responses/twin.ts";
import { probe } from "./ask.ts";

const REFUSAL =
  "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.";
const CALLS = [{ arguments: '{"query":"Rome"}' }];

/** OpenAI's chat, for a model that reasons unless it is told not to. */
function gpt(request: ChatRequestBody, anew: string) {
  if (request["tools"] === undefined) return { text: anew };
  if (request["reasoning_effort"] === "none") return { calls: CALLS };
  return {
    status: 400,
    ...json({
      error: { message: REFUSAL, type: "invalid_request_error", param: "reasoning_effort", code: null },
    }),
  };
}
const completions = { status: 404, ...json({ error: { message: "This is not a chat model" } }) };

test("the refusal of tools is told with the server's reason and the setting that mends it", async () => {
  const { choice } = await probe({ completions, chat: (request, _, anew) => gpt(request, anew) });
  expect(choice).toMatchObject({
    family: null,
    reason: expect.stringContaining(`its chat does not take tools (400: ${REFUSAL}).`),
    advice: "Set AGENTIC_RAG_MODEL_REASONING to off, with which its chat takes tools, or use another model.",
  });
});

test("with that setting it is used", async () => {
  const { choice, endpoint } = await probe(
    { completions, chat: (request, _, anew) => gpt(request, anew) },
    { reasoning: "off" },
  );
  expect(choice).toMatchObject({ family: "native-tools" });
  const chats = endpoint.requests.filter(({ route }) => route.endsWith("/chat/completions"));
  expect(chats.every(({ body }) => body?.["reasoning_effort"] === "none")).toBe(true);
});

test("where it takes them over /responses, it is used so", async () => {
  const events = eventsOf("resp_1", 0);
  const server = {
    completions,
    chat: (request: ChatRequestBody, _: string, anew: string) => gpt(request, anew),
  };
  const { choice, report, missing, endpoint } = await probe({ ...server, responses: streamed(events) });
  expect(report.responses).toEqual({ exists: "yes", why: "", tools: "called" });
  expect(choice).toMatchObject({
    family: "responses",
    continues: "replayed",
    reason: `/responses takes tools, of which it called one, and the chat does not (400: ${REFUSAL}).`,
  });
  expect(missing).toEqual(["one turn: it is replayed as items, since nothing was seen to continue it"]);
  expect(endpoint.routes().filter((route) => route === "POST /v1/responses")).toHaveLength(1);
});

/** A reply in one piece. */
function whole(request: ChatRequestBody, anew: string): PlainReply {
  const call = { id: "a", type: "function", function: { name: "web_search", arguments: '{"query":"Rome"}' } };
  const message = request["tools"] === undefined ? { content: anew } : { content: null, tool_calls: [call] };
  return json({ choices: [{ message, finish_reason: "stop" }] });
}

test.each([
  ["answers in one piece", (request: ChatRequestBody, anew: string) => whole(request, anew)],
  [
    "refuses streams",
    (request: ChatRequestBody, anew: string): PlainReply =>
      request["stream"] === true
        ? { status: 400, ...json({ error: { message: "stream=true is not supported" } }) }
        : whole(request, anew),
  ],
])("a server that %s is found to take tools", async (_, chat) => {
  const { choice, report } = await probe({
    completions: "missing",
    chat: (request, _goesOn, anew) => chat(request, anew),
  });
  expect(report.chat).toMatchObject({ streams: false, tools: "called" });
  expect(choice).toMatchObject({ family: "native-tools" });
});
