import { expect, test } from "vitest";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import type { RetryClock } from "../../../src/net/clock.ts";
import { completionWire } from "../../servers/completions-wire.ts";
import {
  json,
  startCompletionsServer,
  unusedUrl,
  type RecordedRequest,
  type ServerReply,
} from "../../servers/completions.ts";
import { collect, collectUntilError, textOf } from "../collect.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

/** Time that passes at once; tells what was waited for. */
function instantClock(): { clock: RetryClock; waits: number[] } {
  const waits: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  return { clock: { now: () => NOW, random: () => 0.5, sleep }, waits };
}

function failing(status: number, headers: Record<string, string> = {}): ServerReply {
  const reply = json({ error: { message: "try later" } });
  return { status, body: reply.body, headers: { ...reply.headers, ...headers } };
}

test.each([408, 429, 500, 502, 503, 529])("status %i is tried again with growing waits", async (status) => {
  await using server = await startCompletionsServer([failing(status), failing(status), "Hi"]);
  const { clock, waits } = instantClock();
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", clock });
  expect(textOf(await collect(model))).toBe("Hi");
  expect(waits).toEqual([375, 750]);
  const [first, ...rest] = server.requests.map(({ body }) => body);
  expect(rest).toEqual([first, first]);
});

test.each([
  [408, "model-timeout"],
  [429, "model-rate-limited"],
  [503, "model-server-error"],
])("status %i that stays is an error with the server's words", async (status, code) => {
  await using server = await startCompletionsServer([
    failing(status),
    failing(status),
    failing(status),
    "Hi",
  ]);
  const { clock } = instantClock();
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", clock });
  expect(await collectUntilError(model)).toMatchObject({
    text: "",
    error: { code, facts: { status }, message: expect.stringContaining(`(${status}: try later)`) },
  });
  expect(server.requests).toHaveLength(3);
});

test.each([400, 401, 403, 404, 413, 422])("status %i is not tried again", async (status) => {
  await using server = await startCompletionsServer([failing(status), "Hi"]);
  const { clock } = instantClock();
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", clock });
  await expect(collect(model)).rejects.toMatchObject({ facts: { status } });
  expect(server.requests).toHaveLength(1);
});

test.each([
  [{ "retry-after": "1" }, 1000],
  [{ "retry-after": "0.25" }, 250],
  [{ "retry-after-ms": "1500", "retry-after": "9" }, 1500],
  [{ "retry-after": "Thu, 01 Jan 2026 00:00:07 GMT" }, 7000],
  [{ "retry-after": "Wed, 31 Dec 2025 23:59:00 GMT" }, 375],
  [{ "retry-after": "0" }, 375],
  [{ "retry-after": "-5" }, 375],
  [{ "retry-after": "soon" }, 375],
  [{ "retry-after-ms": "1e999" }, 375],
])("%j is waited for as %i ms", async (headers, wait) => {
  await using server = await startCompletionsServer([failing(429, headers), "Hi"]);
  const { clock, waits } = instantClock();
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", clock });
  expect(textOf(await collect(model))).toBe("Hi");
  expect(waits).toEqual([wait]);
});

test("a wait that is too long fails at once and says so", async () => {
  await using server = await startCompletionsServer([failing(429, { "retry-after": "3600" }), "Hi"]);
  const { clock, waits } = instantClock();
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", clock });
  await expect(collect(model)).rejects.toMatchObject({
    code: "model-rate-limited",
    facts: { status: 429, retryAfterMs: 3_600_000 },
    message:
      `The model server at ${server.url} limits requests (429: try later). ` +
      "It asks to wait 3600 s, longer than the 30 s that are waited at most. Send fewer, or try again later.",
  });
  expect(waits).toEqual([]);
});

test("a server that is not there is tried again, and named", async () => {
  const baseUrl = await unusedUrl();
  const { clock, waits } = instantClock();
  const model = createCompletionsModel({ baseUrl, modelName: "qwq", clock });
  await expect(collect(model)).rejects.toMatchObject({
    code: "model-unreachable",
    message: `No connection to the model server at ${baseUrl} (ECONNREFUSED). Start it, or correct the base URL.`,
  });
  expect(waits).toEqual([375, 750]);
});

test("a server that starts late is found", async () => {
  const baseUrl = await unusedUrl();
  const started: Awaited<ReturnType<typeof startCompletionsServer>>[] = [];
  const { clock } = instantClock();
  const sleep = async (): Promise<void> => {
    started.push(await startCompletionsServer(["Hi"], { port: Number(new URL(baseUrl).port) }));
  };
  const model = createCompletionsModel({ baseUrl, modelName: "qwq", clock: { ...clock, sleep } });
  expect(textOf(await collect(model))).toBe("Hi");
  await started[0]?.close();
});

test.each(["reset", "break"] as const)(
  "a connection with a %s before the first byte is tried again",
  async (kind) => {
    await using server = await startCompletionsServer([{ text: "Hi", fault: { kind, after: 0 } }, "Hi"]);
    const { clock, waits } = instantClock();
    const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", clock });
    expect(textOf(await collect(model))).toBe("Hi");
    expect(waits).toEqual([375]);
  },
);

test("an error inside the stream is tried again only while nothing was said", async () => {
  const busy = { code: 503, message: "overloaded" };
  await using server = await startCompletionsServer([{ error: busy }, { chunks: ["Hi"], error: busy }, "Hi"]);
  const { clock, waits } = instantClock();
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", clock });
  expect(await collectUntilError(model)).toMatchObject({ text: "Hi", error: { code: "model-server-error" } });
  expect(waits).toEqual([375]);
  expect(server.requests).toHaveLength(2);
});

test("an abort ends a wait between tries", async () => {
  await using server = await startCompletionsServer([failing(503), "Hi"]);
  const controller = new AbortController();
  const { clock } = instantClock();
  const sleep = async (): Promise<void> => controller.abort();
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", clock: { ...clock, sleep } });
  await expect(collect(model, { signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
  expect(server.requests).toHaveLength(1);
});

test("the total deadline holds for the waits too", async () => {
  await using server = await startCompletionsServer([failing(503, { "retry-after": "20" }), "Hi"]);
  const model = createCompletionsModel({
    baseUrl: server.url,
    modelName: "qwq",
    dialect: "generic",
    totalTimeoutMs: 1_000,
  });
  await expect(collect(model)).rejects.toMatchObject({ code: "model-timeout" });
  expect(server.requests).toHaveLength(1);
});

test("a 502 with a page of a proxy is tried again", async () => {
  const page = "<!doctype html><title>502 Bad Gateway</title>";
  await using server = await startCompletionsServer([
    { status: 502, headers: { "content-type": "text/html" }, body: page },
    "Hi",
  ]);
  const { clock, waits } = instantClock();
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", clock });
  expect(textOf(await collect(model))).toBe("Hi");
  expect(waits).toEqual([375]);
});

test("a reset at any byte of a reply never brings a text twice", async () => {
  const text = "Hello there.";
  const whole = { text, chunkSize: 4, usage: false } as const;
  const { length } = completionWire(whole, { prompt: "" });
  const outcomes: Record<string, number> = {};
  let tries = 0;
  let after = 0;
  const reply = ({ body }: RecordedRequest) => {
    tries += 1;
    const said = body.prompt.split("<|im_start|>assistant\n").at(-1) ?? "";
    const rest = { ...whole, text: text.slice(said.length) };
    return tries === 1 ? { ...rest, fault: { kind: "reset", after } as const } : rest;
  };
  await using server = await startCompletionsServer(Array.from({ length: 2 * length + 2 }, () => reply));
  for (; after <= length; after += 1) {
    tries = 0;
    const { clock } = instantClock();
    const model = createCompletionsModel({
      baseUrl: server.url,
      modelName: "qwq",
      dialect: "generic",
      clock,
    });
    const { text: said, error } = await collectUntilError(model);
    const code = (error as { code?: string } | undefined)?.code ?? "whole";
    const outcome = `${said} | ${code} | ${tries}`;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  // part of it was seen: it is continued from there; nothing was seen: it is asked for again
  const allowed = ["Hello there. | whole | 1", "Hello there. | whole | 2"];
  expect(Object.keys(outcomes).filter((outcome) => !allowed.includes(outcome))).toEqual([]);
  expect(outcomes["Hello there. | whole | 2"]).toBeGreaterThan(0);
});
