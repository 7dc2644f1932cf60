import { causesOf, codeOf } from "../errors.ts";

/** More kept connections that were all closed by the server are no coincidence. */
const MAX_RESENT = 2;

/**
 * llama.cpp's server, as it names itself. Each of its connections holds one of a few threads, also while it waits, and under
 * load it loses 2-9 % of the requests on kept ones.
 */
const KEEPS_THREADS = /^llama\.cpp\b/i;

/** Origins whose connections are not kept. */
const unkept = new Set<string>();

/**
 * A `fetch` that sends requests on connections that were kept from earlier ones. A server may close one just then: what got no
 * byte of an answer there is sent once more. To servers that lose by kept connections none is kept.
 */
export function onKept(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const { origin } = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    if (unkept.has(origin)) headers.set("connection", "close");
    for (let resent = 0; ; resent += 1) {
      try {
        const response = await fetch(input, { ...init, headers });
        if (KEEPS_THREADS.test(response.headers.get("server") ?? "")) unkept.add(origin);
        return response;
      } catch (error) {
        const maySend = resent < MAX_RESENT && typeof init?.body === "string";
        if (!maySend || !wasKept(error)) throw error;
      }
    }
  };
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
