import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type Download, download, type DownloadOptions } from "../../../src/search/pages/download.ts";
import { createGuardedAgent } from "../../../src/search/pages/guarded-agent.ts";
import type { FailedPage } from "../../../src/search/pages/page-failure.ts";
import { type Answer, startWireServer, type WireServer } from "../../servers/wire-server.ts";

const MEGABYTE = Buffer.alloc(1_000_000, "a");

/** Downloads from a server on the loopback, whose name no resolver knows. */
async function get(server: WireServer, options: DownloadOptions = {}): Promise<Download | FailedPage> {
  const { port } = new URL(server.url);
  const rules = { ports: [Number(port)], allowAddress: (address: string) => address === "127.0.0.1" };
  const agent = await createGuardedAgent({ ...rules, lookup: async () => ["127.0.0.1"] });
  try {
    const never = new AbortController().signal;
    return await download(agent, `http://page.invalid:${port}/page?q=1`, { ...rules, ...options }, never);
  } finally {
    await agent.destroy();
  }
}

function shown(server: WireServer): string {
  return `http://page.invalid:${new URL(server.url).port}/page`;
}

function textOf(reply: Download | FailedPage): string {
  return reply.status === "downloaded" ? Buffer.from(reply.bytes).toString() : JSON.stringify(reply.failure);
}

function send(headers: Readonly<Record<string, string>>, body: string | Uint8Array): Answer {
  return (response) => response.writeHead(200, headers).end(body);
}

describe("content codings", () => {
  const page = Buffer.from("<p>Packed.</p>");
  const gzips = (times: number): Buffer =>
    Array.from({ length: times }).reduce<Buffer>((body) => gzipSync(body), page);

  test.each([
    ["gzip", gzipSync(page)],
    ["x-gzip", gzipSync(page)],
    ["GZIP", gzipSync(page)],
    ["br", brotliCompressSync(page)],
    ["deflate", deflateSync(page)],
    ["identity", page],
    ["gzip, br", brotliCompressSync(gzipSync(page))],
    ["gzip, gzip, gzip, gzip, gzip", gzips(5)],
  ])("takes off %s", async (coding, body) => {
    const server = await startWireServer(send({ "content-encoding": coding }, body));
    expect(textOf(await get(server))).toBe("<p>Packed.</p>");
  });

  test("takes off five at most", async () => {
    const server = await startWireServer(send({ "content-encoding": "gzip, ".repeat(6) }, gzips(6)));
    expect(await get(server)).toEqual({
      status: "failed",
      failure: { kind: "bad-reply", message: `${shown(server)} sent more than 5 content codings.` },
    });
  });

  test.each(["zstd", "compress"])("does not take off %s", async (coding) => {
    const server = await startWireServer(send({ "content-encoding": coding }, "x"));
    expect(await get(server)).toMatchObject({
      failure: { kind: "bad-reply", message: `${shown(server)} sent a content coding that is not known.` },
    });
  });

  test.each(["gzip", "br", "deflate"])("tells of broken %s", async (coding) => {
    const server = await startWireServer(send({ "content-encoding": coding }, "this is not packed at all"));
    expect(await get(server)).toMatchObject({ failure: { kind: "bad-reply" } });
  });

  test("reads a packed page that ends early as far as it goes", async () => {
    const packed = gzipSync(Buffer.from("<p>begin</p>".repeat(1_000)), { level: 0 });
    const server = await startWireServer(send({ "content-encoding": "gzip" }, packed.subarray(0, 2_000)));
    expect(textOf(await get(server))).toMatch(/^<p>begin<\/p>/u);
  });
});

describe("size", () => {
  const bomb = Buffer.alloc(50_000_000);

  test.each([
    ["gzip", () => gzipSync(bomb)],
    ["br", () => brotliCompressSync(bomb)],
    ["deflate", () => deflateSync(bomb)],
    ["gzip, gzip", () => gzipSync(gzipSync(bomb))],
  ])("unfolds a bomb of %s no further than allowed", async (coding, pack) => {
    const server = await startWireServer(
      send({ "content-type": "text/plain; charset=utf-16", "content-encoding": coding }, pack()),
    );
    const reply = await get(server, { maxDownloadBytes: 100_000 });
    expect(reply).toMatchObject({ status: "downloaded", isCut: true });
    expect(reply.status === "downloaded" && reply.bytes.length).toBe(100_000);
  });

  test("counts what comes as well as what it unfolds to", async () => {
    const nothing = gzipSync(Buffer.alloc(0));
    const server = await startWireServer(
      send({ "content-encoding": "gzip" }, Buffer.concat(Array.from({ length: 10_000 }, () => nothing))),
    );
    expect(await get(server, { maxDownloadBytes: 100_000 })).toMatchObject({ isCut: true });
  });

  test("stops an endless page at the limit, and closes the connection", async () => {
    const server = await startWireServer((response) => {
      response.writeHead(200, { "content-type": "text/html" });
      const more = (): void => {
        while (response.writable && response.write(MEGABYTE));
      };
      response.on("drain", more);
      more();
    });
    const reply = await get(server);
    expect(reply).toMatchObject({ status: "downloaded", isCut: true });
    expect(reply.status === "downloaded" && reply.bytes.length).toBe(2_000_000);
    await server.disconnected;
  });

  test.each([
    [99, false],
    [100, false],
    [101, true],
  ])("of %i bytes with a limit of 100: cut %s", async (size, isCut) => {
    const server = await startWireServer(send({ "content-type": "text/plain" }, "a".repeat(size)));
    expect(await get(server, { maxDownloadBytes: 100 })).toMatchObject({ isCut });
  });

  test("of a PDF must be within the limit", async () => {
    const body = Buffer.concat([Buffer.from("%PDF-1.7"), MEGABYTE]);
    const server = await startWireServer(send({ "content-type": "application/pdf" }, body));
    expect(await get(server, { maxDownloadBytes: 500_000 })).toMatchObject({
      failure: {
        kind: "unsupported-content",
        message: `${shown(server)} is a PDF of more than 500000 bytes. Read another page.`,
      },
    });
  });

  test("is not what the header says: shorter", async () => {
    const server = await startWireServer((response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("short", () => response.destroy());
    });
    expect(await get(server)).toMatchObject({ failure: { kind: "unreachable" } });
  });

  test("is not what the header says: longer", async () => {
    const server = await startWireServer((response) => {
      response.socket?.end(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nshortand more",
      );
    });
    expect(textOf(await get(server))).toBe("short");
  });
});

describe("time", () => {
  test("without headers", async () => {
    const server = await startWireServer(() => undefined);
    expect(await get(server, { headersMs: 100 })).toEqual({
      status: "failed",
      failure: {
        kind: "timeout",
        message: `${shown(server)} took a request and did not answer in time. Read it later, or another page.`,
      },
    });
    await server.disconnected;
  });

  test("without more of the body", async () => {
    const server = await startWireServer((response) =>
      response.writeHead(200, { "content-type": "text/html" }).write("<p>"),
    );
    expect(await get(server, { idleMs: 100 })).toEqual({
      status: "failed",
      failure: {
        kind: "timeout",
        message: `${shown(server)} stopped in the middle of its reply. Read it later, or another page.`,
      },
    });
    await server.disconnected;
  });
});

describe("types", () => {
  test.each([
    ["text/html; charset=ISO-8859-1", "html", "ISO-8859-1"],
    ['TEXT/HTML;charset="utf-8"', "html", "utf-8"],
    ["application/xhtml+xml", "html", undefined],
    ["text/plain", "text", undefined],
    ["application/json", "text", undefined],
    ["application/ld+json", "text", undefined],
    ["text/markdown; variant=GFM; charset=UTF-8", "markdown", "UTF-8"],
  ])("reads %s as %s", async (type, kind, charset) => {
    const server = await startWireServer(send({ "content-type": type }, "hello"));
    expect(await get(server)).toMatchObject({ status: "downloaded", content: { kind, charset } });
  });

  test("takes a reply without a type for a page", async () => {
    const server = await startWireServer(send({}, "hello"));
    expect(await get(server)).toMatchObject({ content: { kind: "html" } });
  });

  test.each([
    "image/png",
    "application/octet-stream",
    "application/zip",
    "text/css",
    "video/mp4",
    "nonsense",
  ])("does not read %s, and does not wait for it", async (type) => {
    const server = await startWireServer((response) =>
      response.writeHead(200, { "content-type": type }).write("never ends"),
    );
    expect(await get(server)).toEqual({
      status: "failed",
      failure: {
        kind: "unsupported-content",
        message: `${shown(server)} is of a type that is not read (${type === "nonsense" ? "unknown" : type}). Read another page.`,
      },
    });
    await server.disconnected;
  });

  test.each([
    ["text/html", "<p>a\0b</p>"],
    ["text/plain", "PK\u0003\u0004\0\0"],
    ["application/json", '{"a":"\0"}'],
    ["text/html", "%PDF-1.7 <html>"],
    ["application/pdf", "<html>%P DF"],
  ])("does not read %s that is something else (%j)", async (type, body) => {
    const server = await startWireServer(send({ "content-type": type }, body));
    expect(await get(server)).toMatchObject({ failure: { kind: "unsupported-content" } });
  });

  test("reads a PDF unless it is switched off", async () => {
    const server = await startWireServer(send({ "content-type": "application/pdf" }, "%PDF-1.7"));
    expect(await get(server)).toMatchObject({ content: { kind: "pdf" } });
    expect(await get(server, { pdf: false })).toMatchObject({ failure: { kind: "unsupported-content" } });
  });
});

test.each([
  [300, "bad-reply"],
  [304, "bad-reply"],
  [401, "unauthorized"],
  [403, "unauthorized"],
  [404, "rejected"],
  [410, "rejected"],
  [418, "rejected"],
  [429, "rate-limited"],
  [451, "unauthorized"],
  [500, "server-error"],
  [503, "server-error"],
])("tells status %i as %s", async (code, kind) => {
  const server = await startWireServer((response) => response.writeHead(code).end());
  expect(await get(server)).toEqual({
    status: "failed",
    failure: { kind, status: code, message: expect.stringContaining(shown(server)) },
  });
});

test.each(["http://", "http://%zz/", "http://[nonsense]/"])("tells of a redirect to %j", async (location) => {
  const server = await startWireServer((response) => response.writeHead(302, { location }).end());
  expect(await get(server)).toMatchObject({ failure: { kind: "bad-reply" } });
});

test("tells of a server that is not there", async () => {
  const server = await startWireServer(() => undefined);
  await server.close();
  expect(await get(server)).toMatchObject({ failure: { kind: "unreachable" } });
});

test("tells of a reply that is not HTTP", async () => {
  const server = await startWireServer((response) => response.socket?.end("SSH-2.0-OpenSSH\r\n"));
  expect(await get(server)).toMatchObject({ failure: { kind: "bad-reply" } });
});

test("tells of headers that are too large", async () => {
  const server = await startWireServer((response) =>
    response.socket?.end(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(100_000)}\r\n\r\n`),
  );
  expect(await get(server)).toMatchObject({ failure: { kind: "bad-reply" } });
});
