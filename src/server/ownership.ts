import { Client } from "@langchain/langgraph-sdk";
import { threadIn } from "./deleted-threads.ts";
import type { ErrorReply } from "./error-reply.ts";

const NOT_FOUND: ErrorReply = { status: 404, code: "not_found", message: "There is no such thread or run." };
const OWN_HEADERS = ["authorization", "x-api-key", "host"];

/** Why `identity` may not have what `request` asks for, or null. */
type OwnershipCheck = (request: Request, path: string, identity: string) => Promise<ErrorReply | null>;

/**
 * Looks who asks on the routes where the server itself does not: events and commands of a thread are served to anybody,
 * and a run is joined without a look whether it is of this thread. It is asked through the server's own routes, as the
 * caller, what they may see. What a thread has streamed outlives it in the server's memory, however it was removed, so
 * that it stays with whoever was there first.
 */
export function createOwnershipCheck(): OwnershipCheck {
  const first = new Map<string, string>();
  return async (request, path, identity) => {
    const thread = threadIn(path);
    const [, , part = "", run = "", action = ""] = path.replace(/^\//, "").split("/");
    if (thread === undefined) return null;
    if (part === "commands" || part === "stream") {
      // makes the thread where there is none, and fails where it is another's
      const refusal = await seen(
        clientOf(request).threads.create({ threadId: thread, ifExists: "do_nothing" }),
      );
      if (refusal !== null) return refusal;
      const owner = first.get(thread) ?? identity;
      first.set(thread, owner);
      return owner === identity ? null : NOT_FOUND;
    }
    if (part === "runs" && (action === "join" || action === "stream")) {
      return seen(clientOf(request).runs.get(thread, run));
    }
    return null;
  };
}

/** The server's own routes, asked as whoever sent a request. */
export function clientOf({ headers }: Request): Client {
  const own = OWN_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return new Client({
    apiKey: null,
    defaultHeaders: Object.fromEntries(own),
    callerOptions: { maxRetries: 0 },
  });
}

async function seen(answer: Promise<unknown>): Promise<ErrorReply | null> {
  try {
    await answer;
    return null;
  } catch {
    return NOT_FOUND;
  }
}
