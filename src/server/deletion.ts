import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@langchain/langgraph-sdk";
import type { Context, Next } from "hono";
import { threadIn, type DeletedThreads } from "./deleted-threads.ts";

/** How long a run that is ended is waited for; one that nobody drives any more never ends. */
const LONGEST_MS = 5000;
const EACH_MS = 50;

/**
 * Lets a deletion through. Runs that go on are ended first: the server would let them write into what is deleted, and
 * lose a worker over each for good. What is deleted is remembered before this is told;
 * where that fails, it is thrown.
 */
export async function throughDeletion(
  c: Context,
  next: Next,
  { deleted, client }: { readonly deleted: DeletedThreads; readonly client: () => Client },
): Promise<void> {
  const thread = c.req.method === "DELETE" ? threadIn(c.req.path) : undefined;
  if (thread === undefined) return next();
  const [, , part, run] = c.req.path.replace(/^\//, "").split("/");
  await endRuns(client(), thread, part === "runs" ? run : undefined);
  await next();
  if (part === undefined && c.res.status === 204) deleted.add(thread);
}

/** Ends what runs on a thread, or one run of it, as far as the caller may. */
async function endRuns(client: Client, thread: string, only: string | undefined): Promise<void> {
  const running = async () => {
    const runs = await client.runs.list(thread, { status: "running" }).catch(() => []);
    return runs.map(({ run_id: id }) => id).filter((id) => only === undefined || id === only);
  };
  const found = await running();
  const until = performance.now() + LONGEST_MS;
  // the server reads the client's `wait=0` as true, and does not answer before a run has ended: some never do
  for (const id of found) void client.runs.cancel(thread, id).catch(() => undefined);
  while (found.length > 0 && performance.now() < until && (await running()).length > 0) await sleep(EACH_MS);
}
