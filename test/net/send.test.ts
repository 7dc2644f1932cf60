import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { codeOf } from "../../src/errors.ts";
import { onKept } from "../../src/net/kept-connections.ts";
import { readBody } from "../../src/net/read-body.ts";
import { send, type Sent } from "../../src/net/send.ts";
import { startWireServer } from "../servers/wire-server.ts";

const TEXT = "é€😀 ".repeat(1_000);

function asked(more: Partial<Sent> = {}): Sent {
  const { signal } = new AbortController();
  return { method: "GET", headers: {}, signal, redirect: "manual", ...more };
}

/** A server of raw bytes: it is told of each request, and how many came before on its connection. */
async function startTcpServer(answer: (socket: Socket, before: number) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let requests = 0;
    sockets.add(socket);
    socket.on("error", () => {}).on("data", () => answer(socket, requests++));
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
}

async function readOnce(url: string): Promise<void> {
  for await (const _ of (await send(url, asked())).body ?? []) break;
}

async function post(url: string): Promise<string> {
  const reply = await onKept(send)(url, asked({ method: "POST", body: "a body" }));
  const { text } = await readBody(reply, 100);
  await wait(20);
  return text;
}

/** Answers the first request on each connection, and does something else to the next. */
async function startBreaking(end: (socket: Socket) => void) {
  const seen: number[] = [];
  const url = await startTcpServer((socket, before) => {
    seen.push(before);
    if (before === 0) socket.write(WHOLE);
    else end(socket);
  });
  return { url, seen };
}

const WHOLE = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nanswered";

test("sends what fetch sends, and the caller's headers in the place of its own, however they are written", async () => {
  const server = await startWireServer((response) => response.end());
  const headers = { "X-Key": " kept \n", Accept: "text/*", "content-type": "text/plain" };
  const sent = asked({ method: "POST", headers, body: "é" });
  for (const each of [send, globalThis.fetch]) await readBody(await each(server.url, sent), 10);
  const [ours, theirs] = server.requests.map(({ headers: told }) => ({ ...told, "accept-encoding": "" }));
  expect(ours).toEqual(theirs);
  expect(server.requests.map(({ method, path, body }) => [method, path, body])).toEqual(
    [send, globalThis.fetch].map(() => ["POST", "/", "é"]),
  );
});

test.each([
  ["gzip", gzipSync(TEXT)],
  ["x-gzip", gzipSync(TEXT)],
  ["deflate", deflateSync(TEXT)],
  ["br", brotliCompressSync(TEXT)],
  ["gzip, br", brotliCompressSync(gzipSync(TEXT))],
  ["Identity", Buffer.from(TEXT)],
  ["unheard-of", Buffer.from(TEXT)],
  ["gzip, gzip, gzip, gzip, gzip, gzip", Buffer.from(TEXT)],
])("takes off the coding %s", async (coding, bytes) => {
  const server = await startWireServer((response) => {
    response.setHeader("content-encoding", coding).end(bytes);
  });
  expect(await readBody(await send(server.url, asked()), 1e6)).toEqual({ text: TEXT, complete: true });
});

test("what was compressed piece by piece is read piece by piece", async () => {
  const { createGzip, constants } = await import("node:zlib");
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  const server = await startWireServer((response) => {
    response.setHeader("content-encoding", "gzip");
    gzip.pipe(response);
    gzip.write("first");
  });
  const reply = await send(server.url, asked());
  const seen: string[] = [];
  for await (const bytes of reply.body ?? []) {
    seen.push(Buffer.from(bytes).toString());
    if (seen.length === 1) gzip.end("second");
  }
  expect(seen.join(" ")).toBe("first second");
});

test.each([
  [204, null],
  [304, null],
  [200, ""],
  [301, ""],
  [404, ""],
])("status %i has the body %j; a redirect is not followed", async (status, body) => {
  const server = await startWireServer((response) => {
    response.writeHead(status, { location: "/else", "set-cookie": ["a", "b"] }).end();
  });
  const reply = await send(server.url, asked());
  const text = reply.body === null ? null : (await readBody(reply, 10)).text;
  const seen = [reply.status, reply.ok, text, reply.url, reply.headers.get("Location")];
  expect(seen).toEqual([status, status < 300, body, server.url, "/else"]);
  expect([reply.headers.get("set-cookie"), reply.headers.get("none")]).toEqual(["a, b", null]);
  expect(server.requests).toHaveLength(1);
});

test.each([
  ["a header", { headers: { "x-key": "a\nb" } }, undefined],
  ["a header's name", { headers: { "x key": "a" } }, undefined],
  ["a URL", {}, "http://"],
  ["a scheme", {}, "ftp://127.0.0.1/"],
])("%s that cannot be sent is a TypeError without a code", async (_, more, url = "http://127.0.0.1:9/") => {
  const error: unknown = await send(url, asked(more)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  expect(error instanceof Error && codeOf(error)).toBe(undefined);
});

describe("an aborted signal", () => {
  const REASON = new DOMException("enough", "AbortError");

  test("sends nothing", async () => {
    const server = await startWireServer((response) => response.end());
    const sent = asked({ signal: AbortSignal.abort(REASON) });
    await expect(send(server.url, sent)).rejects.toBe(REASON);
    expect(server.requests).toEqual([]);
  });

  test("ends the wait for a reply, and the connection", async () => {
    const server = await startWireServer(() => {});
    const controller = new AbortController();
    const replied = send(server.url, asked({ signal: controller.signal }));
    await server.asked;
    controller.abort(REASON);
    await expect(replied).rejects.toBe(REASON);
    await server.disconnected;
  });

  test.each(["identity", "gzip"])("ends the reading of a reply, and the connection (%s)", async (coding) => {
    const server = await startWireServer((response) => {
      response.setHeader("content-encoding", coding).write(coding === "gzip" ? gzipSync("a") : "a");
    });
    const controller = new AbortController();
    const reply = await send(server.url, asked({ signal: controller.signal }));
    const reading = (async () => {
      for await (const _ of reply.body ?? []) controller.abort(REASON);
    })();
    await expect(reading).rejects.toBe(REASON);
    await server.disconnected;
  });

  test("is not listened to any more when the reply is over", async () => {
    const server = await startWireServer((response) => response.end("answered"));
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    const added = vi.spyOn(signal, "addEventListener");
    await readBody(await send(server.url, asked({ signal })), 100);
    await wait(20);
    const listeners = added.mock.calls.map(([, listener]) => listener);
    expect(listeners).toHaveLength(1);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(listeners);
  });
});

describe("whoever stops reading", () => {
  test("closes the connection of a reply that goes on", async () => {
    const server = await startWireServer((response) => void response.write("a"));
    await readOnce(server.url);
    await expect(server.disconnected).resolves.toBeDefined();
  });

  test.each([0, 3])("keeps that of a reply which ends right then (%i ms later)", async (after) => {
    const server = await startWireServer((response) => {
      response.write("a");
      if (after === 0) response.end();
      else setTimeout(() => response.end(), after);
    });
    for (let times = 0; times < 4; times += 1) {
      await readOnce(server.url);
      await wait(30);
    }
    expect([server.requests.length, server.connections()]).toEqual([4, 1]);
  });
});

test.each([
  ["content-length: 9", "ECONNRESET"],
  ["transfer-encoding: chunked", "ECONNRESET"],
  ["content-encoding: gzip\r\ncontent-length: 90", "ECONNRESET"],
  ["no colon", "HPE_INVALID_HEADER_TOKEN"],
])("a reply that is not whole is told by a code: %s", async (header, code) => {
  const url = await startTcpServer((socket) => {
    const body = header.startsWith("transfer") ? "5\r\nabcde\r\n" : "abcde";
    socket.end(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n${header.includes("gzip") ? "" : body}`);
  });
  const read = send(url, asked()).then((reply) => readBody(reply, 100));
  await expect(read).rejects.toMatchObject({ code });
});

test("without a length, a reply is as long as its connection", async () => {
  const url = await startTcpServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nabc"));
  expect((await readBody(await send(url, asked()), 100)).text).toBe("abc");
});

describe("a kept connection that its server breaks", () => {
  test.each([
    ["closes", (socket: Socket) => void socket.end()],
    ["resets", (socket: Socket) => void socket.resetAndDestroy()],
  ])("is replaced where it %s it without a word", async (_, end) => {
    const { url, seen } = await startBreaking(end);
    for (let times = 0; times < 3; times += 1) expect(await post(url)).toBe("answered");
    expect(seen).toEqual([0, 1, 0, 1, 0]);
  });

  test("is not, where it had begun to answer", async () => {
    const { url, seen } = await startBreaking((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    expect(await post(url)).toBe("answered");
    await expect(post(url)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(seen).toEqual([0, 1]);
  });

  test("is not, where it was new", async () => {
    const url = await startTcpServer((socket) => socket.resetAndDestroy());
    await expect(post(url)).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});
