import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../../../src/graph/graph.ts";
import { createCompletionsModel } from "../../../../src/model/completions/completions.ts";
import { qwq } from "../../../../src/protocol/qwq/qwq.ts";
import { createSlots } from "../../../../src/server/slots.ts";
import type { ReportedFailure } from "../../../../src/server/error-reply.ts";
import { call, FIXED, pagesEngine, served } from "../../../graph/agent.ts";
import { json, startCompletionsServer } from "../../../servers/completions.ts";
import { startOpenAiServer } from "../server.ts";

const QUESTION = { model: "agentic-rag", input: "Q?" };
const LONG = "The beginning of it. ".repeat(60);

test("a failure before the stream begins has its status, streamed or not", async () => {
  const down = { status: 500, ...json({ error: { message: "Traceback: /srv/x.py" } }) };
  const { agent } = await served([down, down]);
  const { respond } = await startOpenAiServer({ agents: { "agentic-rag": agent } });
  for (const stream of [true, false]) {
    const reply = await respond({ ...QUESTION, stream });
    const body = await reply.text();
    expect([reply.status, JSON.parse(body)]).toMatchObject([502, { error: { code: "model_server_error" } }]);
    expect(body).not.toContain("/srv");
  }
});

test("a failure in the middle is response.failed, with what had been done", async () => {
  const broken = { text: "I know what it is", chunkSize: 2, fault: { kind: "end", after: 700 } } as const;
  const { agent } = await served([`Look.\n${call("a")}`, broken, broken]);
  const failures: ReportedFailure[] = [];
  const { client } = await startOpenAiServer({
    agents: { "agentic-rag": agent },
    onFailure: (failure) => failures.push(failure),
  });
  const seen: unknown[] = [];
  for await (const event of await client.responses.create({ ...QUESTION, stream: true })) seen.push(event);
  expect(seen.at(-1)).toMatchObject({
    type: "response.failed",
    sequence_number: seen.length - 1,
    response: {
      status: "failed",
      store: false,
      output: [{ type: "reasoning" }, { type: "web_search_call", status: "completed" }],
      error: {
        code: "model_truncated",
        message: "The connection to the language model broke in the middle of its reply. Try again.",
      },
    },
  });
  expect(failures.map(({ code }) => code)).toEqual(["model_truncated"]);
});

test("while a model takes its time the stream has comments, and what fails then is an error event", async () => {
  const completions = await startCompletionsServer([{ text: "x", fault: { kind: "no-headers" } }]);
  onTestFinished(() => completions.close());
  const model = createCompletionsModel({
    baseUrl: completions.url,
    modelName: "QwQ-32B",
    headersTimeoutMs: 150,
    maxRetries: 0,
  });
  const agent = createAgenticRag({ protocol: qwq, model, engine: pagesEngine(), ...FIXED });
  const { respond } = await startOpenAiServer({ agents: { "agentic-rag": agent }, keepAliveMs: 20 });
  const reply = await respond({ ...QUESTION, stream: true });
  expect(reply.status).toBe(200);
  const parts = (await reply.text()).split("\n\n");
  expect(parts[0]).toBe(": keep-alive");
  expect(parts.at(-2)).toMatch(
    /^event: error\ndata: \{"type":"error","code":"model_timeout",.*"param":null,"sequence_number":0\}$/,
  );
});

test("when a client leaves, the model's connection ends and its place is free", async () => {
  const { agent, completions } = await served([
    { text: `x\n</think>\n\n${LONG}`, chunkSize: 20, fault: { kind: "stall", after: 8_000 } },
    { text: "x", chunkSize: 1, fault: { kind: "stall", after: 10 } },
    "x\n</think>\n\nYes.",
  ]);
  const { respond, post, client } = await startOpenAiServer({
    agents: { "agentic-rag": agent },
    slots: createSlots({ total: 1, perCaller: 1 }),
  });
  for await (const event of await client.responses.create({ ...QUESTION, stream: true })) {
    if (event.type !== "response.output_text.delta") continue;
    const messages = [{ role: "user", content: "Q?" }];
    for (const full of [await respond(QUESTION), await post({ model: "agentic-rag", messages })])
      expect([full.status, full.headers.get("retry-after")]).toEqual([429, "5"]);
    break;
  }
  expect(await completions.requests[0]!.closedEarly).toBe(true);

  const leave = new AbortController();
  const whole = respond(QUESTION, { signal: leave.signal });
  while (completions.requests.length < 2) await sleep(5);
  leave.abort();
  await expect(whole).rejects.toThrow("aborted");
  expect(await completions.requests[1]!.closedEarly).toBe(true);
  expect((await client.responses.create(QUESTION)).output_text).toBe("Yes.");
});
