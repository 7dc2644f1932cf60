import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import type { ReportedFailure } from "../../../src/server/error-reply.ts";
import { createSlots } from "../../../src/server/slots.ts";
import { call, FIXED, pagesEngine, served } from "../../graph/agent.ts";
import { json, startCompletionsServer, unusedUrl, type ServerReply } from "../../servers/completions.ts";
import { startOpenAiServer, type OpenAiOptions } from "./server.ts";

const QUESTION = { model: "agentic-rag", messages: [{ role: "user" as const, content: "Q-canary?" }] };

const SILENT: ServerReply = { text: "x", fault: { kind: "no-headers" } };

async function behind(reply: ServerReply | null, options: Partial<OpenAiOptions> = {}) {
  const completions = reply === null ? null : await startCompletionsServer([reply, reply, reply, reply]);
  if (completions !== null) onTestFinished(() => completions.close());
  const model = createCompletionsModel({
    baseUrl: completions?.url ?? (await unusedUrl()),
    modelName: "QwQ-32B",
    apiKey: "key-canary",
    headersTimeoutMs: reply === SILENT ? 150 : 120_000,
    maxRetries: 0,
  });
  const failures: ReportedFailure[] = [];
  const agent = createAgenticRag({ protocol: qwq, model, engine: pagesEngine(), ...FIXED });
  const server = await startOpenAiServer({
    agents: { "agentic-rag": agent },
    onFailure: (failure) => failures.push(failure),
    ...options,
  });
  return { ...server, failures };
}

const refusing = (status: number, message: string): ServerReply => ({
  status,
  ...json({ error: { message } }),
});

test.each([
  ["nobody listens", null, 503, "model_unreachable", "30", "false"],
  ["it limits", refusing(429, "slow down /srv/x"), 429, "rate_limit_exceeded", "30", null],
  ["it refuses the key", refusing(401, "bad key-canary"), 502, "model_unauthorized", null, "false"],
  ["it rejects", refusing(422, "no such field"), 502, "model_rejected", null, "false"],
  ["it fails", refusing(500, "Traceback: /srv/x.py"), 502, "model_server_error", null, "false"],
  ["the context is full", refusing(400, "maximum context length is 10"), 400, "context_length_exceeded", null, "false"],
  ["it sends a page", { body: "<html>", headers: { "content-type": "text/html" } }, 502, "model_bad_reply", null, "false"],
  ["it is silent", SILENT, 504, "model_timeout", null, "false"],
] as const)("when %s, the status says it, streamed or not", async (_what, reply, status, code, after, retry) => {
  const { post, failures } = await behind(reply);
  for (const stream of [true, false]) {
    const response = await post({ ...QUESTION, stream });
    const body = await response.text();
    expect([response.status, response.headers.get("retry-after"), response.headers.get("x-should-retry")]).toEqual([
      status,
      after,
      retry,
    ]);
    expect((JSON.parse(body) as { error: object }).error).toMatchObject({
      code,
      type: status === 429 ? "rate_limit_error" : status === 400 ? "invalid_request_error" : "server_error",
    });
    expect(body).not.toMatch(/127\.0\.0\.1|key-canary|Q-canary|\/srv|\/work|at .*\.ts/);
    expect(failures.at(-1)).toEqual({
      requestId: response.headers.get("x-request-id"),
      code,
      message: expect.stringContaining(" "),
    });
  }
  expect(failures.length).toBe(2);
}); // prettier-ignore

test("a failure in the middle is an error in the stream, and the stream has no end mark", async () => {
  const broken = { text: "I know what it is", chunkSize: 2, fault: { kind: "end", after: 700 } } as const;
  const { agent } = await served([`Look.\n${call("a")}`, broken, broken]);
  const { post, client } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  const wire = await (await post({ ...QUESTION, stream: true })).text();
  expect(wire.split("\n\n").at(-2)).toBe(
    `data: ${JSON.stringify({
      error: {
        message: "The connection to the language model broke in the middle of its reply. Try again.",
        type: "server_error",
        param: null,
        code: "model_truncated",
      },
    })}`,
  );
  expect(wire).not.toContain("[DONE]");
  expect(wire).not.toContain('"finish_reason":"stop"');
  const again = await client.chat.completions.create({ ...QUESTION, stream: true });
  const read = async (): Promise<void> => {
    for await (const chunk of again) expect(chunk.object).toBe("chat.completion.chunk");
  };
  await expect(read()).rejects.toThrow("The connection to the language model broke");
});

test("what fails within is told without its words", async () => {
  const failures: ReportedFailure[] = [];
  const engine = { name: "broken", search: () => Promise.reject(new TypeError("at /srv/secret.ts")) };
  const model = createScriptedModel([call("a"), call("a")]);
  const agent = createAgenticRag({ protocol: qwq, model, engine, ...FIXED });
  const { post } = await startOpenAiServer({
    agents: { "agentic-rag": agent },
    onFailure: (failure) => failures.push(failure),
  });
  const response = await post(QUESTION);
  expect([response.status, await response.json()]).toEqual([
    500,
    {
      error: {
        message: "The agent failed. Whoever runs it can find out why.",
        type: "server_error",
        param: null,
        code: "internal_error",
      },
    },
  ]);
  expect(failures).toEqual([
    { requestId: response.headers.get("x-request-id"), code: "internal_error", message: "at /srv/secret.ts" },
  ]);
});

test("while a model takes its time the stream has comments, and what fails then is told in it", async () => {
  const { post } = await behind(SILENT, { keepAliveMs: 20 });
  const response = await post({ ...QUESTION, stream: true });
  expect(response.status).toBe(200);
  const parts = (await response.text()).split("\n\n");
  expect(parts[0]).toBe(": keep-alive");
  expect(parts.at(-2)).toMatch(/^data: \{"error":\{.*"code":"model_timeout"\}\}$/);
  expect(new Set(parts.slice(0, -2))).toEqual(new Set([": keep-alive"]));
});

const LONG = "The beginning of it. ".repeat(60);

test("when a client leaves, the model's connection ends and its place is free", async () => {
  const { agent, completions } = await served([
    { text: `x\n</think>\n\n${LONG}`, chunkSize: 20, fault: { kind: "stall", after: 8_000 } },
    { text: "x", chunkSize: 1, fault: { kind: "stall", after: 10 } },
    "x\n</think>\n\nYes.",
  ]);
  const { post, client } = await startOpenAiServer({
    agents: { "agentic-rag": agent },
    slots: createSlots({ total: 1, perCaller: 1 }),
  });

  const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
  let content = "";
  for await (const { choices } of stream) {
    content += choices[0]!.delta.content ?? "";
    if (content === "") continue;
    // the model is still writing: the answer has begun before it has finished
    const full = await post(QUESTION);
    expect([full.status, full.headers.get("retry-after"), await full.json()]).toEqual([
      429,
      "5",
      {
        error: {
          message: "As many questions as may run at the same time are being answered. Ask again in 5 s.",
          type: "rate_limit_error",
          param: null,
          code: "rate_limit_exceeded",
        },
      },
    ]);
    // leaving the loop closes the connection
    break;
  }
  expect(LONG.startsWith(content)).toBe(true);
  expect(await completions.requests[0]!.closedEarly).toBe(true);

  const leave = new AbortController();
  const whole = post(QUESTION, { signal: leave.signal });
  while (completions.requests.length < 2) await sleep(5);
  leave.abort();
  await expect(whole).rejects.toThrow("aborted");
  expect(await completions.requests[1]!.closedEarly).toBe(true);

  const last = await client.chat.completions.create(QUESTION);
  expect(last.choices[0]!.message.content).toBe("Yes.");
});

const as = (caller: string) => ({ "content-type": "application/json", "x-caller": caller });

test("one caller cannot take the places of all", async () => {
  const { agent, completions } = await served([
    { text: "x", fault: { kind: "no-headers" } },
    "x\n</think>\n\nYes.",
    "x\n</think>\n\nYes.",
  ]);
  const { post } = await startOpenAiServer({
    agents: { "agentic-rag": agent },
    slots: createSlots({ total: 8, perCaller: 1 }),
  });
  const leave = new AbortController();
  const held = post(QUESTION, { headers: as("ann"), signal: leave.signal });
  while (completions.requests.length < 1) await sleep(5);
  expect((await post(QUESTION, { headers: as("ann") })).status).toBe(429);
  expect((await post(QUESTION, { headers: as("bob") })).status).toBe(200);
  expect((await post(QUESTION)).status).toBe(200);
  leave.abort();
  await expect(held).rejects.toThrow("aborted");
});
