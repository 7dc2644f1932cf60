import { resolve } from "node:path";
import type { Durability, ThreadRow } from "../../durability/durability.ts";
import { threadUnknown } from "../../durability/lease.ts";
import type { Trajectory } from "../../trajectory/trajectory.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseSettings, withoutModel } from "../arguments/chosen-settings.ts";
import { UsageError } from "../terminal/failure.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { openThreads, readThread } from "../thread-database.ts";
import { NOTHING_YET, readRecord } from "../view/run-record.ts";
import { queuedRuns } from "./sample-queue.ts";
import { savedRun } from "./saved-run.ts";
import { serverRuns } from "./server-runs.ts";
import { halfRun, readTrajectories } from "./trajectory-file.ts";

/** Runs that are kept somewhere. They can be gone through several times. */
export interface KeptRuns {
  each(): AsyncIterable<Trajectory>;
  close(): Promise<void>;
}

const NOTHING = async (): Promise<void> => undefined;
/** What the `--all` of threads takes at most. */
const ALL = 1_000_000;

/**
 * The runs that the arguments name: of a file; the last run of a thread, or of all, in the database or on a LangGraph Server;
 * what a queue has kept.
 *
 * @throws UsageError where they name none, or several
 * @throws AgenticRagError `thread-unknown`, `settings-invalid`
 */
export async function openKeptRuns(args: Arguments, surroundings: Surroundings): Promise<KeptRuns> {
  const { command, words, values, switches } = args;
  const { folder, environment, stderr } = surroundings;
  const [file, ...more] = words;
  const [thread, queue, server] = ["thread", "queue", "server"].map((name) => values.get(name));
  const all = switches.has("all");
  const named = [file, thread, queue, all || undefined].filter((one) => one !== undefined);
  if (named.length !== 1 || more.length > 0 || (server !== undefined && thread === undefined && !all)) {
    throw new UsageError(
      `${command} takes one file, --thread <name>, --all (the threads of the database, or with --server <url> of a LangGraph Server) or --queue <name>: agentic-rag ${command} --help`,
    );
  }
  if (file !== undefined) {
    const path = resolve(folder, file);
    let told = false;
    const onHalf = (line: number): void => {
      if (!told) stderr.write(halfRun(path, line));
      told = true;
    };
    return { each: () => readTrajectories(path, onHalf), close: NOTHING };
  }
  if (server !== undefined) {
    const key = environment["LANGGRAPH_API_KEY"];
    return { each: () => serverRuns({ url: server, key, thread }), close: NOTHING };
  }
  const settings = chooseSettings(args, withoutModel(surroundings));
  const durability = await openThreads(settings);
  const close = (): Promise<void> => durability.close();
  try {
    if (queue !== undefined) return { each: () => queuedRuns(queue, durability), close };
    const rows = await threadsOf(durability, thread);
    return { each: () => threadRuns(durability, rows), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function threadsOf({ book }: Durability, name: string | undefined): Promise<readonly ThreadRow[]> {
  if (name === undefined) return (await book.list(ALL)).toReversed();
  const row = await book.find(name);
  if (row === undefined) throw threadUnknown(name);
  return [row];
}

async function* threadRuns(
  { checkpointer }: Durability,
  rows: readonly ThreadRow[],
): AsyncGenerator<Trajectory> {
  for (const { threadId, question, updatedAt } of rows) {
    const record = readRecord({ ...NOTHING_YET, ...(await readThread(checkpointer, threadId)) });
    yield savedRun(record, {
      id: threadId,
      question: record.opening?.question ?? question,
      finishedAt: new Date(updatedAt),
    });
  }
}
