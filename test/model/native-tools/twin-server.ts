import { onTestFinished } from "vitest";
import { createChatToolsModel, type ChatToolsOptions } from "../../../src/model/native-tools/chat-tools.ts";
import { startChatServer, type RecordedChat } from "../../servers/chat.ts";
import { json, type PlainReply } from "../../servers/completions.ts";
import { KEY } from "../key.ts";
import { qwqNativeSide } from "./side.ts";
import type { Twin } from "./twin.ts";

/** A server on the loopback that answers as the twin's does; it knows the step by the messages that it is given back. */
export async function startTwin(twin: Twin, delivery: "stream" | "json" = "stream") {
  const refusals = new Map<RecordedChat, string>();
  const server = await startChatServer(
    Array.from({ length: 20 }, () => (request: RecordedChat): PlainReply => {
      const { messages } = request.body;
      const said = messages.filter(({ role }) => role === "assistant");
      const why = said
        .map((message, step) => twin.refuses?.(message, step, messages.indexOf(message)))
        .find((one) => one !== undefined);
      if (why === undefined) return deliver(twin, said.length, delivery);
      refusals.set(request, why);
      return { status: 400, ...json({ error: { message: why, type: "invalid_request_error" } }) };
    }),
  );
  onTestFinished(() => server.close());
  const model = (more: Partial<ChatToolsOptions> = {}) =>
    createChatToolsModel({
      baseUrl: server.url,
      modelName: "a-model",
      apiKey: KEY,
      dialect: twin.dialect,
      side: qwqNativeSide,
      maxRetries: 0,
      ...more,
    });
  return {
    model,
    refused: () => [...refusals.values()],
    /** The requests that were not refused. */
    taken: () => server.requests.filter((request) => !refusals.has(request)),
  };
}

function deliver(twin: Twin, step: number, delivery: "stream" | "json"): PlainReply {
  const finish_reason = step < 3 ? "tool_calls" : "stop";
  const usage = { prompt_tokens: 60, completion_tokens: 9, total_tokens: 69 };
  if (delivery === "json") {
    const choice = { index: 0, message: twin.whole(step), finish_reason };
    return json({ id: "chatcmpl-1", object: "chat.completion", choices: [choice], usage });
  }
  const events = [
    ...twin.deltas(step).map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] })),
    { choices: [{ index: 0, delta: {}, finish_reason }] },
    { choices: [], usage },
  ];
  return {
    headers: { "content-type": "text/event-stream" },
    body: [...events.map((event) => JSON.stringify(event)), "[DONE]"]
      .map((data) => `data: ${data}\n\n`)
      .join(""),
  };
}
