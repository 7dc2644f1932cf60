import { expect, onTestFinished, test, vi } from "vitest";
import { AgenticRagError } from "../../src/errors.ts";
import { readLines } from "../../src/net/lines.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { startWireServer } from "../servers/wire-server.ts";
import { collectUntilError, HELLO } from "../model/collect.ts";

const LINES = ["Hé ", "<tool_call>", "😀"].map((response) => JSON.stringify({ response, done: false }));
const DONE = JSON.stringify({ response: "", done: true, done_reason: "stop", eval_count: 3 });
const WIRE = new TextEncoder().encode([...LINES, DONE, ""].join("\n"));

async function read(chunks: readonly Uint8Array[]): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const lines: string[] = [];
  for await (const more of readLines(body, { wait() {}, heard() {} })) lines.push(...more);
  return lines;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function modelWith(reply: () => Response) {
  return createCompletionsModel({
    baseUrl: "http://127.0.0.1:9/v1",
    modelName: "qwq",
    dialect: "ollama",
    maxRetries: 0,
    fetch: async () => reply(),
  });
}

function ndjson(body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | string): Response {
  return new Response(body, { headers: { "content-type": "application/x-ndjson" } });
}

function signInPage(): Response {
  return new Response("<title>Sign in</title>", { headers: { "content-type": "text/html" } });
}

test("reads lines wherever they are cut, without empty ones", async () => {
  expect(await read([WIRE])).toEqual([...LINES, DONE]);
  expect(await read(Array.from(WIRE, (byte) => Uint8Array.of(byte)))).toEqual([...LINES, DONE]);
  const text = encode(`\n${LINES[0]}\r\n\n${DONE}`);
  expect((await read([text])).map((line) => line.trim())).toEqual([LINES[0], DONE]);
});

test("a line that the body ends within is one if it is whole", async () => {
  expect(await read([encode('{"a":1}\n{"b":2}')])).toEqual(['{"a":1}', '{"b":2}']);
  expect(await read([encode('{"a":1}\n{"b":')])).toEqual(['{"a":1}']);
});

test("a body that ends at any byte before the last line is truncated, and whole from there on", async () => {
  for (let after = 0; after <= WIRE.length; after += 1) {
    const { text, error } = await collectUntilError(modelWith(() => ndjson(WIRE.slice(0, after))));
    expect("Hé <tool_call>😀".startsWith(text)).toBe(true);
    const code = AgenticRagError.isInstance(error) ? error.code : "whole";
    expect([after, code]).toEqual([after, after < WIRE.length - 1 ? "model-truncated" : "whole"]);
  }
});

test("a line of 20 MB is stopped in time", async () => {
  let made = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        made += 1;
        controller.enqueue(new Uint8Array(1_000_000).fill(120));
      },
    },
    { highWaterMark: 0 },
  );
  const { error } = await collectUntilError(modelWith(() => ndjson(body)));
  expect(error).toMatchObject({ code: "model-bad-reply" });
  expect(made).toBe(2);
});

test.each([
  ['{"error":"model runner has stopped"}', "model-server-error", "model runner has stopped"],
  ['{"error":"the input length exceeds the context length"}', "model-context-overflow", "too long"],
  ["not JSON", "model-bad-reply", "an event that is not JSON"],
  ['{"response":5}', "model-bad-reply", "a line that is no completion"],
  ['{"done":true,"done_reason":"later"}', "model-bad-reply", 'the done reason "later"'],
  ['{"done":true}', "model-bad-reply", "the done reason null"],
  ['{"done":true,"done_reason":"load"}', "model-truncated", "broke off"],
])("the line %s", async (line, code, message) => {
  const body = `${LINES[0]}\n${line}\n`;
  expect(await collectUntilError(modelWith(() => ndjson(body)))).toMatchObject({
    text: "Hé ",
    error: { code, message: expect.stringContaining(message) },
  });
});

test("a page instead of lines is a bad reply", async () => {
  expect(await collectUntilError(modelWith(signInPage))).toMatchObject({
    text: "",
    error: { code: "model-bad-reply", message: expect.stringContaining("answered with text/html") },
  });
});

/** A server that says a line and then nothing more; and a model that asks it. */
async function silentServer() {
  const server = await startWireServer((response) => {
    response.writeHead(200, { "content-type": "application/x-ndjson" }).write(`${LINES[0]}\n`);
  });
  onTestFinished(() => server.close());
  const model = createCompletionsModel({
    baseUrl: `${server.url}/v1`,
    modelName: "qwq",
    dialect: "ollama",
    idleTimeoutMs: 50,
  });
  return { server, model };
}

test("silence between lines is a timeout, and closes the connection", async () => {
  const { server, model } = await silentServer();
  expect(await collectUntilError(model)).toMatchObject({
    text: "Hé ",
    error: {
      code: "model-timeout",
      message: expect.stringContaining("fell silent for 50 ms within its reply"),
    },
  });
  await server.disconnected;
  expect(server.requests).toHaveLength(1);
});

test("a consumer that stops reading closes the connection", async () => {
  const { server, model } = await silentServer();
  for await (const chunk of model.continueText(HELLO, {})) {
    expect(chunk).toMatchObject({ type: "text", text: "Hé " });
    break;
  }
  await server.disconnected;
});

test("lines that are read no further are cancelled", async () => {
  const cancel = vi.fn<() => void>();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(WIRE),
    cancel,
  });
  for await (const lines of readLines(body, { wait() {}, heard() {} })) {
    expect(lines).toEqual([...LINES, DONE]);
    break;
  }
  expect(cancel).toHaveBeenCalledOnce();
});
