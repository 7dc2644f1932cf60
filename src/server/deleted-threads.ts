import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { ErrorReply } from "./error-reply.ts";

/** The folder in which `langgraphjs dev` keeps its state. The image of LangGraph Server has none. */
const FOLDER = ".langgraph_api";
const FILE = "agentic-rag.deleted-threads";
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What is told at the address of a deleted thread: no more than of one that never was. */
export const DELETED: ErrorReply = {
  status: 404,
  code: "thread_deleted",
  message: "This thread was deleted. Its id is not used again: take another one.",
};

/**
 * Ids of threads that were deleted. The server keeps what a thread's runs have streamed, in memory, and lets a run that
 * goes on write checkpoints, after the thread is deleted; whoever made a thread of the same id would read them.
 */
export interface DeletedThreads {
  has(id: string): boolean;
  /** Remembered for good when this returns. Throws where the file cannot be written. */
  add(id: string): void;
}

/**
 * Reads the ids beside the state of the server, and adds to them there: one a line, written to the disk before `add`
 * returns. A last line that a crash has torn is left out: its deletion was never confirmed. Where the server keeps no
 * files, ids are remembered by this process alone.
 *
 * @param folder the folder in which the server runs.
 */
export function openDeletedThreads(folder: string): DeletedThreads {
  const file = join(folder, FOLDER, FILE);
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const ids = new Set(text.split("\n").filter((line) => UUID.test(line)));
  let torn = text !== "" && !text.endsWith("\n");
  return {
    has: (id) => ids.has(id.toLowerCase()),
    add(id) {
      const known = id.toLowerCase();
      if (ids.has(known)) return;
      ids.add(known);
      if (!existsSync(join(folder, FOLDER))) return;
      const opened = openSync(file, "a", 0o600);
      try {
        writeSync(opened, `${torn ? "\n" : ""}${known}\n`);
        fsyncSync(opened);
        torn = false;
      } finally {
        closeSync(opened);
      }
    },
  };
}

/** The thread that an address is about, if there is one. */
export function threadIn(path: string): string | undefined {
  const [root, thread] = path.replace(/^\//, "").split("/");
  return root === "threads" && thread !== undefined && UUID.test(thread.toLowerCase()) ? thread : undefined;
}
