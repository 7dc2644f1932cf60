import { Client } from "@langchain/langgraph-sdk";
import type { ErrorReply } from "./error-reply.ts";

const NOT_FOUND: ErrorReply = { status: 404, code: "not_found", message: "There is no such thread or run." };
const OWN_HEADERS = ["authorization", "x-api-key", "host"];

/**
 * Why the caller may not have what is asked for, on the routes where the server itself does not look who asks: events
 * and commands of a thread are served to anybody, and a run is joined without a look whether it is of this thread. It
 * is asked through the server's own routes, as the caller, what they may see.
 */
export async function refusalOfOwnership(request: Request, path: string): Promise<ErrorReply | null> {
  const [root, thread = "", part = "", run = "", action = ""] = path.replace(/^\//, "").split("/");
  if (root !== "threads") return null;
  if (part === "commands" || part === "stream") {
    // makes the thread where there is none, and fails where it is another's
    return seen(clientOf(request).threads.create({ threadId: thread, ifExists: "do_nothing" }));
  }
  if (part === "runs" && (action === "join" || action === "stream")) {
    return seen(clientOf(request).runs.get(thread, run));
  }
  return null;
}

function clientOf({ headers }: Request): Client {
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
