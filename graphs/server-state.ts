import { openDeletedThreads } from "../src/server/deleted-threads.ts";
import { endOnTornState } from "../src/server/state/files.ts";

/** Where the server keeps its state: its own working directory, unless whoever starts it says otherwise. */
const folder = process.env["AGENTIC_RAG_SERVER_FOLDER"] ?? process.cwd();

await endOnTornState(process, folder);

/** Known to authentication, which the server loads first, and to the routes. */
export const deleted = openDeletedThreads(folder);
