import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { z } from "zod";
import { type HttpOptions, type Reply, requestJson } from "../../../../src/search/engines/wire/http.ts";
import { readIsoDate } from "../../../../src/search/engines/wire/written-date.ts";
import { json } from "./http-harness.ts";
import { startWireServer } from "../../../servers/wire-server.ts";

async function fetchForever(): Promise<never> {
  return new Promise(() => undefined);
}

const schema = z.object({ answer: z.number() });

async function ask(
  server: { url: string },
  options: HttpOptions & { body?: unknown } = {},
): Promise<Reply<unknown>> {
  return requestJson({ ...options, service: "Test", url: new URL(`${server.url}/api`), schema });
}

test.each(["application/json", "text/plain", "text/html"])("takes JSON that is called %s", async (type) => {
  const server = await startWireServer((response) =>
    response.writeHead(200, { "content-type": type }).end('{"answer":42}'),
  );
  expect(await ask(server)).toEqual({ status: "replied", value: { answer: 42 } });
});

test("measures a compressed reply after decompression", async () => {
  const bomb = gzipSync(`{"answer":1,"padding":"${"x".repeat(10_000_000)}"}`);
  const server = await startWireServer((response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
  );
  expect(await ask(server)).toEqual({
    status: "failed",
    failure: {
      kind: "bad-reply",
      status: 200,
      message: `Test at ${server.url}/api sent more than 5000000 bytes.`,
    },
  });
});

test.each(["is too large", "does not arrive"])(
  "tells the status of a refusal whose body %s",
  async (fault) => {
    const server = await startWireServer((response) => {
      response.writeHead(503, { "content-length": "20000", "retry-after": "1" });
      if (fault === "is too large") response.end("x".repeat(20_000));
      else response.write("x", () => response.destroy());
    });
    expect(await ask(server, { maxReplyBytes: 10_000 })).toEqual({
      status: "failed",
      failure: {
        kind: "server-error",
        status: 503,
        retryAfterMs: 1_000,
        message: `Test at ${server.url}/api answered with HTTP status 503. Ask again later.`,
      },
    });
  },
);

test("joins characters that arrive in pieces", async () => {
  const [head, tail] = [
    Buffer.from('{"answer":1,"x":"😀"}').subarray(0, 19),
    Buffer.from('{"answer":1,"x":"😀"}').subarray(19),
  ];
  const server = await startWireServer((response) => {
    response.write(head, () => setImmediate(() => response.end(tail)));
  });
  expect(await ask(server)).toEqual({ status: "replied", value: { answer: 1 } });
});

test("keeps connections for the next searches, also after a refusal", async () => {
  const replies = [200, 503, 200, 503];
  const server = await startWireServer((response) =>
    response.writeHead(replies.shift() ?? 200).end('{"answer":1}'),
  );
  for (const status of ["replied", "failed", "replied", "failed", "replied", "replied"]) {
    expect(await ask(server)).toMatchObject({ status });
  }
  // undici opens a second one while it learns that the first can be kept
  expect(server.connections()).toBeLessThanOrEqual(2);
});

test.each(["replied", "failed"])(
  "opens another one where the server closes it after it %s",
  async (status) => {
    const server = await startWireServer((response) =>
      response.writeHead(status === "failed" ? 500 : 200, { connection: "close" }).end('{"answer":1}'),
    );
    for (const again of [status, status, status]) expect(await ask(server)).toMatchObject({ status: again });
    expect(server.connections()).toBe(3);
  },
);

test("follows a redirect within the origin with the same method and body", async () => {
  const server = await startWireServer((response, { path }) => {
    if (path === "/api") response.writeHead(308, { location: "/new" }).end();
    else response.end('{"answer":2}');
  });
  expect(await ask(server, { body: { q: 1 } })).toEqual({ status: "replied", value: { answer: 2 } });
  expect(server.requests.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
    { method: "POST", path: "/api", body: '{"q":1}' },
    { method: "POST", path: "/new", body: '{"q":1}' },
  ]);
});

test("gives up a redirect that goes in circles", async () => {
  const server = await startWireServer((response) => response.writeHead(302, { location: "/api" }).end());
  expect(await ask(server)).toMatchObject({ status: "failed", failure: { kind: "misconfigured" } });
  expect(server.requests).toHaveLength(4);
});

test("names the field that is not as expected", async () => {
  const server = await startWireServer(json('{"answer":"42"}'));
  expect(await ask(server)).toEqual({
    status: "failed",
    failure: {
      kind: "bad-reply",
      status: 200,
      message: `Test at ${server.url}/api answered in an unknown form: answer: Invalid input: expected number, received string.`,
    },
  });
});

test("says what to check when a web page comes instead", async () => {
  const server = await startWireServer((response) => response.end("<!doctype html><title>Log in</title>"));
  expect(await ask(server)).toEqual({
    status: "failed",
    failure: {
      kind: "bad-reply",
      status: 200,
      message: `Test at ${server.url}/api answered with a web page that is not JSON. Check that the base URL is that of the service, and that no login page or proxy answers in its place.`,
    },
  });
});

test("says that nothing listens", async () => {
  const server = await startWireServer(json("{}"));
  await server.close();
  expect(await ask(server)).toEqual({
    status: "failed",
    failure: {
      kind: "unreachable",
      message: `Test at ${server.url}/api refused the connection: nothing listens there (ECONNREFUSED).`,
    },
  });
});

test("ends by its deadline even if fetch heeds no signal", async () => {
  expect(await ask({ url: "http://test.invalid" }, { fetch: fetchForever, deadlineMs: 20 })).toEqual({
    status: "failed",
    failure: { kind: "timeout", message: "Test at http://test.invalid/api did not answer within 0.02 s." },
  });
});

test.each([Number.POSITIVE_INFINITY, 30 * 86_400_000])("takes a deadline of %s ms", async (deadlineMs) => {
  const server = await startWireServer((response) => setTimeout(() => response.end('{"answer":1}'), 20));
  expect(await ask(server, { deadlineMs })).toEqual({ status: "replied", value: { answer: 1 } });
});

test.each([
  [Object.assign(new TypeError("fetch failed"), { cause: { code: "ENOTFOUND" } }), "misconfigured"],
  [
    new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }) }),
    "unreachable",
  ],
  [
    new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "CERT_HAS_EXPIRED" }) }),
    "misconfigured",
  ],
  [
    new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "HPE_INVALID_CONSTANT" }) }),
    "bad-reply",
  ],
  ["no error at all", "misconfigured"],
  [new TypeError("Headers.append: invalid header value"), "misconfigured"],
  [new DOMException("The operation was aborted due to timeout", "TimeoutError"), "timeout"],
  [new TypeError("fetch failed", { cause: new DOMException("late", "TimeoutError") }), "timeout"],
  [new DOMException("This operation was aborted", "AbortError"), "timeout"],
  [Object.assign(new Error("Request timed out"), { name: "TimeoutError" }), "timeout"],
  [
    Object.assign(new Error("x"), { name: "HeadersTimeoutError", code: "UND_ERR_HEADERS_TIMEOUT" }),
    "timeout",
  ],
  [new TypeError("x", { cause: Object.assign(new Error("x"), { code: "UND_ERR_BODY_TIMEOUT" }) }), "timeout"],
  [new Error("socket hang up"), "unreachable"],
])("tells the kind of %o", async (error, kind) => {
  async function fetchNothing(): Promise<never> {
    throw error;
  }
  expect(await ask({ url: "http://test.invalid" }, { fetch: fetchNothing })).toMatchObject({
    failure: { kind },
  });
});

test.each([
  ["2025-03-06", "2025-03-06"],
  ["2025-03-06T23:30:00-05:00", "2025-03-06"],
  [" 2025-03-06 10:00 ", "2025-03-06"],
  ["Thu, 06 Mar 2025 23:30:00 GMT", "2025-03-06"],
  ["2025-13-45", undefined],
  ["2025", undefined],
  ["yesterday 2025", undefined],
  [null, undefined],
  [undefined, undefined],
])("reads the date %j as %j", (value, date) => {
  expect(readIsoDate(value)).toBe(date);
});
