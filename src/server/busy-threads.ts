import type { Client } from "@langchain/langgraph-sdk";
import type { Context, Next } from "hono";
import { z } from "zod";
import { threadIn } from "./deleted-threads.ts";
import { toResponse, type ErrorReply } from "./error-reply.ts";

const RETRY_AFTER_SECONDS = 5;
/** Where runs begin. */
const BEGINS = /^\/(?:threads\/[^/]+\/)?runs(?:\/(?:stream|wait|batch))?\/?$|^\/threads\/[^/]+\/commands\/?$/;

/** Who asks, and the server's own routes as this user. */
export interface Asking {
  readonly identity: string;
  readonly client: () => Client;
}

/**
 * Lets the beginning of runs through while its user has fewer busy threads than `most`, and fewer runs that wait on the
 * thread where one is busy already. Requests of one user that begin runs are looked at one after the other, so that
 * many at once are counted too.
 */
export function limitBusyThreads(most: number): (c: Context, next: Next, asking: Asking) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return async (c, next, { identity, client }) => {
    if (c.req.method !== "POST" || !BEGINS.test(c.req.path)) return next();
    const begun = await runsIn(c);
    if (begun === 0) return next();
    const before = last.get(identity);
    const inTurn = async (): Promise<void> => {
      await before;
      if (await isBelow(client(), threadIn(c.req.path), most - begun)) await next();
      else c.res = toResponse(tooMany(most));
    };
    const turn = inTurn();
    const over = turn.catch(() => undefined);
    last.set(identity, over);
    try {
      await turn;
    } finally {
      if (last.get(identity) === over) last.delete(identity);
    }
  };
}

async function isBelow(client: Client, thread: string | undefined, most: number): Promise<boolean> {
  const found = thread === undefined ? undefined : await client.threads.get(thread).catch(() => undefined);
  if (thread !== undefined && found?.status === "busy") {
    return (await client.runs.list(thread, { status: "pending", limit: most + 1 })).length <= most;
  }
  return (await client.threads.count({ status: "busy" })) <= most;
}

const commandSchema = z.object({ method: z.string() });

/** How many runs a request begins. */
async function runsIn(c: Context): Promise<number> {
  const body: unknown = JSON.parse((await c.req.text()) || "null");
  if (Array.isArray(body)) return body.length;
  const method = commandSchema.safeParse(body).data?.method;
  return method === undefined || method === "run.start" || method === "input.respond" ? 1 : 0;
}

function tooMany(most: number): ErrorReply {
  return {
    status: 429,
    code: "too_many_busy_threads",
    message: `You have ${most} busy threads, or runs that wait on this one, which is as many as a user may have at the same time. Ask again when one is done, cancel runs, or delete a thread that stays busy. Whoever runs this server can change AGENTIC_RAG_MAX_PER_CALLER.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  };
}
