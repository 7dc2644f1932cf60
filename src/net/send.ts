import type { ClientRequest, IncomingMessage, request as sendRequest } from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";

/** What is read of a reply. Any `Response` is one. */
export interface Reply {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: Pick<Headers, "get">;
  /** Decompressed. Whoever stops reading it closes the connection, a moment later if its end may be under way. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface Sent {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** A redirect is a reply. */
  readonly redirect: "manual";
}

/** Sends one request. Any `fetch` can. */
export type Send = (url: string | URL, sent: Sent) => Promise<Reply>;

const CONNECT_MS = 10_000;

/** What ends a body comes right behind its last bytes. */
const ENDING_MS = 10;

/** As every `fetch` of Node sends them. */
const USUAL = { accept: "*/*", "accept-language": "*", "sec-fetch-mode": "cors", "user-agent": "node" };

/** Replies that have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** What sends requests, loaded with the first of them; TLS with the first that is secured. */
let plain: Promise<typeof sendRequest> | undefined;
let secured: Promise<typeof sendRequest> | undefined;

/**
 * Sends a request over connections that are kept for the next ones, with what `fetch` sends, at a third of its cost. It waits
 * 10 s for a connection, and without a limit for a reply.
 *
 * @throws TypeError without a code for a URL or a header that cannot be sent, the signal's reason, or what the connection broke
 * with. `untouched` is set on that where nothing of a reply had come on a connection that had served before.
 */
export const send: Send = async (url, sent) => {
  const { signal } = sent;
  const target = withoutCode(() => new URL(url));
  const transport = await (target.protocol === "https:"
    ? (secured ??= import("node:https").then(({ request }) => request))
    : (plain ??= import("node:http").then(({ request }) => request)));
  signal.throwIfAborted();
  const request = withoutCode(() => begin(transport, target, sent));
  const { message, release } = await exchange(request, signal);
  const { statusCode: status = 0, statusMessage: statusText = "", headers } = message;
  const isBodiless = BODILESS.has(status);
  if (isBodiless) message.resume();
  const coding = headers["content-encoding"];
  const body = isBodiless || coding === undefined ? message : await decoded(message, coding);
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText,
    url: String(url),
    headers: {
      get(name) {
        const value = headers[name.toLowerCase()];
        return typeof value === "object" ? value.join(", ") : (value ?? null);
      },
    },
    body: isBodiless ? null : new Body(body, message, release),
  };
};

function begin(transport: typeof sendRequest, target: URL, { method, headers, body }: Sent): ClientRequest {
  const codings = target.protocol === "https:" ? "br, gzip" : "gzip";
  const all: Record<string, string> = { ...USUAL, "accept-encoding": codings };
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value.trim();
  return transport(target, { method, headers: all }).end(body);
}

/** A code of what cannot be sent would be taken for one of the connection. */
function withoutCode<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { code: undefined }) : error;
  }
}

/** A body with a coding that is not known stays as it is. */
async function decoded(body: Readable, coding: string): Promise<Readable> {
  const { CodingError, decode } = await import("./content-codings.ts");
  try {
    return decode(body, coding);
  } catch (error) {
    if (error instanceof CodingError) return body;
    throw error;
  }
}

/** The head of the reply. Until its connection is closed or it is released, the signal breaks the connection at once. */
function exchange(
  request: ClientRequest,
  signal: AbortSignal,
): Promise<{ readonly message: IncomingMessage; readonly release: () => void }> {
  return new Promise((resolve, reject) => {
    let running: ClientRequest | IncomingMessage = request;
    let readBefore: number | undefined;
    const abort = (): void => void running.destroy(signal.reason);
    const release = (): void => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort);
    request
      .once("socket", (socket) => {
        readBefore = socket.bytesRead;
        if (socket.connecting) limitConnecting(request, socket);
      })
      .once("response", (message) => {
        running = message;
        resolve({ message, release });
      })
      .on("error", (error) => {
        const untouched = request.reusedSocket && request.socket?.bytesRead === readBefore;
        reject(untouched && !signal.aborted ? Object.assign(error, { untouched }) : error);
      })
      .once("close", release);
  });
}

function limitConnecting(request: ClientRequest, socket: Socket): void {
  const timer = setTimeout(() => {
    const error = new Error(`no connection within ${CONNECT_MS} ms`);
    request.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
  }, CONNECT_MS);
  const isSecure = "encrypted" in socket;
  socket.once(isSecure ? "secureConnect" : "connect", () => clearTimeout(timer));
  socket.once("close", () => clearTimeout(timer));
}

/** The bytes of a reply, each time all that have come. */
class Body implements AsyncIterableIterator<Uint8Array> {
  readonly #bytes: Readable;
  readonly #message: IncomingMessage;
  readonly #release: () => void;
  #failure: Error | undefined;
  #over = false;
  #wake = (): void => {};

  /** @param bytes those of `message`, decompressed */
  constructor(bytes: Readable, message: IncomingMessage, release: () => void) {
    this.#bytes = bytes;
    this.#message = message;
    this.#release = release;
    const end = (failure?: Error): void => {
      this.#failure ??= failure;
      this.#over = true;
      this.#wake();
    };
    bytes
      .on("readable", () => this.#wake())
      .on("end", end)
      .on("error", end)
      .on("close", () => end(bytes.readableEnded ? undefined : brokenOff()));
    if (bytes.closed) end(bytes.errored ?? brokenOff());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const value: Uint8Array | null = this.#over ? null : this.#bytes.read();
      if (value !== null) return { done: false, value };
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#over) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const message = this.#message;
    this.#bytes.removeAllListeners("readable").resume();
    if (message.complete) {
      this.#release();
      return { done: true, value: undefined };
    }
    // what has come meanwhile is seen before the second one
    setTimeout(() => setImmediate(() => message.complete || message.destroy()), ENDING_MS).unref();
    return { done: true, value: undefined };
  }
}

function brokenOff(): Error {
  return Object.assign(new Error("The connection was closed within the reply."), { code: "ECONNRESET" });
}
