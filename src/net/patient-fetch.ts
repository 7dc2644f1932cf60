import type { Agent, fetch as undiciFetch, RequestInit as UndiciRequestInit } from "undici";

/** Node's own `fetch` gives a reply up after 300 s without a byte; how long one is waited for is for the caller to say. */
export const PATIENT = { headersTimeout: 0, bodyTimeout: 0 } as const;

let opening: Promise<{ readonly fetch: typeof undiciFetch; readonly dispatcher: Agent }> | undefined;

/** A `fetch` without limits of its own, for what may think for long before it says anything. */
export const patientFetch: typeof globalThis.fetch = async (input, init) => {
  opening ??= import("undici").then(({ Agent, fetch }) => ({ fetch, dispatcher: new Agent(PATIENT) }));
  const { fetch, dispatcher } = await opening;
  const url = input instanceof Request ? input.url : input;
  return fetch(url, { ...readRequest(input, init), dispatcher });
};

/** Classes of Node's own `fetch` (`Request`, `FormData`) are foreign to undici: but for a string, a body goes as a stream. */
export function readRequest(input: string | URL | Request, init: RequestInit = {}) {
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
