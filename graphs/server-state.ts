import { openDeletedThreads } from "../src/server/deleted-threads.ts";
import { endOnTornState } from "../src/server/state/files.ts";

await endOnTornState(process);

/** Known to authentication, which the server loads first, and to the routes. */
export const deleted = openDeletedThreads(process.cwd());
