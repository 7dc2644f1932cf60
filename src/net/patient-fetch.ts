import type { Agent, Dispatcher, fetch as undiciFetch, RequestInit as UndiciRequestInit } from "undici";
import { causesOf, codeOf } from "../errors.ts";

/** Node's own `fetch` gives a reply up after 300 s without a byte; how long one is waited for is for the caller to say. */
export const PATIENT = { headersTimeout: 0, bodyTimeout: 0 } as const;

/** More kept connections that were all closed by the server are no coincidence. */
const MAX_RESENT = 2;

interface Sender {
  readonly fetch: typeof undiciFetch;
  readonly dispatcher: Dispatcher;
}

/**
 * llama.cpp's server, as it names itself. Each of its connections holds one of a few threads, also while it waits, and under
 * load it loses 2-9 % of the requests on kept ones.
 */
const KEEPS_THREADS = /^llama\.cpp\b/i;

/** Origins whose connections are not kept. */
const unkept = new Set<string>();

let opening: Promise<Sender & { readonly dispatcher: Agent }> | undefined;

/** A `fetch` without limits of its own, for what may think for long before it says anything. */
export const patientFetch: typeof globalThis.fetch = async (input, init) => {
  opening ??= import("undici").then(({ Agent, fetch }) => ({ fetch, dispatcher: new Agent(PATIENT) }));
  return sendOnKept(await opening, input, init);
};

/**
 * Sends a request, on a connection that was kept from an earlier one where there is one. A server may close that just then:
 * what got no byte of an answer there is sent once more.
 *
 * @throws what undici's `fetch` throws
 */
export async function sendOnKept(
  { fetch, dispatcher }: Sender,
  input: string | URL | Request,
  init?: RequestInit,
): ReturnType<typeof globalThis.fetch> {
  const url = input instanceof Request ? input.url : input;
  const { origin } = new URL(url);
  const request = readRequest(input, init);
  if (unkept.has(origin)) request.headers.push(["connection", "close"]);
  for (let resent = 0; ; resent += 1) {
    try {
      const response = await fetch(url, { ...request, dispatcher });
      if (KEEPS_THREADS.test(response.headers.get("server") ?? "")) unkept.add(origin);
      return response;
    } catch (error) {
      const maySend = resent < MAX_RESENT && (request.body == null || typeof request.body === "string");
      if (!maySend || !wasKept(error)) throw error;
    }
  }
}

/** Whether a connection broke that had served a request before. */
function wasKept(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      codeOf(cause) === "UND_ERR_SOCKET" &&
      "socket" in cause &&
      typeof cause.socket === "object" &&
      cause.socket !== null &&
      "bytesRead" in cause.socket &&
      Number(cause.socket.bytesRead) > 0,
  );
}

/** Classes of Node's own `fetch` (`Request`, `FormData`) are foreign to undici: but for a string, a body goes as a stream. */
function readRequest(input: string | URL | Request, init: RequestInit = {}) {
  if (!(input instanceof Request) && typeof init.body === "string") {
    const { method = "GET", body, signal = null, redirect = "follow" } = init;
    return { method, headers: [...new Headers(init.headers)], body, signal, redirect };
  }
  const { method, headers, body, signal, redirect } = new Request(input, { duplex: "half", ...init });
  return {
    method,
    headers: [...headers],
    body: typeof init.body === "string" ? init.body : body,
    signal: init.signal ?? signal,
    redirect,
    duplex: "half",
  } satisfies UndiciRequestInit;
}
