import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** The bytes of a file that were asked for: `end` is the last one. */
export interface AskedRange {
  readonly start: number;
  readonly end: number;
}

export interface FileServerOptions {
  /** What lies at each path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Sent with each file. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers that are no file, by path: a redirect, a refusal, JSON. */
  readonly answers?: Readonly<
    Record<string, { status: number; headers?: Record<string, string>; body?: string }>
  >;
  /** False: files come whole, and are not said to come in parts. @default true */
  readonly ranges?: boolean;
  /** After so many bytes of files each line is cut, and nobody is answered any more. @default never */
  readonly cutAfter?: number;
  /** @default a free one */
  readonly port?: number;
  /** After so many bytes of files nothing more is sent until `letGo` is called. @default never */
  readonly holdAfter?: number;
  /** False: the length of a file is not told. @default true */
  readonly lengths?: boolean;
  /** Sent in place of a file's length. */
  readonly claimedBytes?: number;
}

/** A real file server on the loopback with parts of files, as object stores and hubs have them. */
export async function startFileServer(options: FileServerOptions) {
  const {
    port: wantedPort = 0,
    files,
    headers = {},
    answers = {},
    ranges = true,
    cutAfter = Infinity,
    claimedBytes,
    lengths = true,
  } = options;
  const asked: { path: string; authorization: string | undefined; range: AskedRange | undefined }[] = [];
  let sent = 0;
  let holdAfter = options.holdAfter ?? Infinity;
  const holding = new AbortController();
  const goes = once(holding.signal, "abort");
  const letGo = (): void => {
    holdAfter = Infinity;
    holding.abort();
  };
  const server = createServer((request, response) => {
    if (sent >= cutAfter) {
      request.socket.destroy();
      return;
    }
    const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "");
    const { authorization, range: wanted } = request.headers;
    const answer = answers[path];
    const file = files[path];
    if (answer !== undefined || file === undefined) {
      asked.push({ path, authorization, range: undefined });
      const { status, body = "" } = answer ?? { status: 404, body: "Not Found" };
      response.writeHead(status, answer?.headers ?? {}).end(body);
      return;
    }
    const parts = ranges ? /^bytes=(\d+)-(\d+)$/.exec(wanted ?? "") : null;
    const length = claimedBytes ?? file.length;
    const range =
      parts === null ? undefined : { start: Number(parts[1]), end: Math.min(Number(parts[2]), length - 1) };
    asked.push({ path, authorization, range });
    const { start, end } = range ?? { start: 0, end: length - 1 };
    response.writeHead(range === undefined ? 200 : 206, {
      ...headers,
      ...(lengths && { "content-length": String(end - start + 1) }),
      ...(ranges && { "accept-ranges": "bytes" }),
      ...(range !== undefined && { "content-range": `bytes ${start}-${end}/${length}` }),
    });
    const closed = once(response, "close");
    void (async () => {
      for (let at = start; at <= end && !response.destroyed; at += STEP) {
        const piece = file.subarray(at, Math.min(at + STEP, end + 1));
        if (piece.length === 0) return;
        if (sent >= cutAfter) {
          server.closeAllConnections();
          return;
        }
        if (sent >= holdAfter) await Promise.race([goes, closed]);
        // one byte is a question
        if (end > start) sent += piece.length;
        const taken = new Promise<void>((resolve) => void response.write(piece, () => resolve()));
        await Promise.race([taken, closed]);
      }
      response.end();
    })();
  });
  server.listen(wantedPort, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, letGo, close };
}

const STEP = 65_536;
