import { causesOf, codeOf } from "../errors.ts";
import type { Send } from "./send.ts";

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
 * Sends requests on connections that were kept from earlier ones. A server may close or reset one just then: what got no
 * byte of an answer there is sent once more. To servers that lose by kept connections none is kept.
 */
export function onKept(send: Send): Send {
  return async (url, sent) => {
    const { origin } = new URL(url);
    const headers = unkept.has(origin) ? { ...sent.headers, connection: "close" } : sent.headers;
    for (let resent = 0; ; resent += 1) {
      try {
        const reply = await send(url, { ...sent, headers });
        if (KEEPS_THREADS.test(reply.headers.get("server") ?? "")) unkept.add(origin);
        return reply;
      } catch (error) {
        if (resent === MAX_RESENT || !wasKept(error)) throw error;
      }
    }
  };
}

/** Whether a connection broke that had served a request before: as `send` tells it, or undici where the server closed it. */
function wasKept(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      "untouched" in cause ||
      (codeOf(cause) === "UND_ERR_SOCKET" &&
        "socket" in cause &&
        typeof cause.socket === "object" &&
        cause.socket !== null &&
        "bytesRead" in cause.socket &&
        Number(cause.socket.bytesRead) > 0),
  );
}
