import type { Server } from "./server.ts";
import { isGoing } from "./standing.ts";

/** So often it is looked for a run that was just sent, and may not have begun. */
const TRIES = 5;

/**
 * Ends what goes on on a thread. A run that nobody carries out, such as after a restart of the server, is taken away: the
 * thread would be busy for ever.
 */
export async function endRuns(
  server: Pick<Server, "runs" | "run" | "cancel" | "deleteRun">,
  thread: string,
  wait: (milliseconds: number) => Promise<void>,
): Promise<void> {
  let going = (await server.runs(thread)).filter(isGoing);
  for (let tries = 0; going.length === 0 && tries < TRIES; tries += 1) {
    await wait(300);
    going = (await server.runs(thread)).filter(isGoing);
  }
  // it may have ended meanwhile, or nobody carries it out
  for (const { run_id: run } of going) await server.cancel(thread, run).catch(() => undefined);
  if (going.length > 0) await wait(3000);
  for (const { run_id: run } of going) {
    const now = await server.run(thread, run).catch(() => ({ status: "gone" }));
    if (isGoing(now)) await server.deleteRun(thread, run).catch(() => undefined);
  }
}
