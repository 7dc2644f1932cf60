import { existsSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import Database from "libsql";
import { sqliteProblem } from "./problem.ts";

const ASK_AGAIN_MS = 200;

/**
 * Waits until no other holder of the same file is left, in this process or another, and holds it. The system lets go
 * of it where a process ends, however it ends.
 *
 * @param onWait called once, where another holds it
 * @returns lets go of it
 * @throws SqliteProblem, or the signal's AbortError
 */
export async function holdLock(
  file: string,
  { signal, onWait }: { readonly signal?: AbortSignal | undefined; readonly onWait: () => void },
): Promise<() => void> {
  let told = false;
  for (;;) {
    const lock = tryToHold(file);
    if (lock !== undefined) return lock;
    if (!told) onWait();
    told = true;
    await delay(ASK_AGAIN_MS, undefined, { ...(signal !== undefined && { signal }) });
  }
}

function tryToHold(file: string): (() => void) | undefined {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec("begin exclusive");
    // the holder before took it away
    if (!existsSync(file)) {
      database.close();
      return undefined;
    }
    return () => {
      rmSync(file, { force: true });
      database.exec("rollback");
      database.close();
    };
  } catch (error) {
    database.close();
    const problem = sqliteProblem(error);
    if (problem?.fault === "locked") return undefined;
    throw problem ?? error;
  }
}
