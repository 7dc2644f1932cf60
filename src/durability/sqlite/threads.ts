import { emptyLog } from "../../sqlite/sqlite.ts";
import { HELD, readThread, THREAD_COLUMNS, type BookTable } from "../book.ts";
import { removeCheckpoints } from "./checkpoint-rows.ts";
import type { StoreFile } from "./file.ts";

/** Milliseconds since 1970, by the clock of the machine that the file is on. */
const NOW = "cast(unixepoch('subsec') * 1000 as integer)";

/**
 * Milliseconds of a clock that nobody sets and all processes of a machine share: it goes on from the start of the
 * machine.
 */
function sinceStart(): number {
  // oxlint-disable-next-line eslint/no-restricted-globals -- the clock is the machine's, and says nothing of the process
  return Number(process.hrtime.bigint() / 1_000_000n);
}

function toSql(sql: string, clock: number): string {
  return sql
    .replaceAll("$held", HELD)
    .replaceAll("$clock", String(clock))
    .replaceAll("$now", NOW)
    .replaceAll("$thread", "thread")
    .replaceAll(/\$(\d)/gu, "?$1");
}

/** The threads in the SQLite file of a store. `clock` is the one by which leases run. */
export function createSqliteThreads(file: StoreFile, clock = sinceStart): BookTable {
  const { database } = file;
  const select = (rest: string, values: readonly (string | number)[] = []) =>
    database
      .prepare(toSql(`select ${THREAD_COLUMNS} from threads ${rest}`, clock()))
      .all(...values)
      .map(readThread);

  return {
    claim: async (threadId, owner, leaseMs) =>
      file.write(() => {
        const id = JSON.stringify(threadId);
        const [before] = select("where thread = $1", [id]);
        if (before !== undefined && before.thread.leasedUntil > 0) {
          return { status: "busy", thread: before.thread };
        }
        database.prepare("update epochs set last = last + 1").run();
        database
          .prepare(
            toSql(
              `insert into threads
               select $1, '""', 0, 'stopped', 0, '""', $2, last, $clock + $3, $now, $now, $3 from epochs where true
               on conflict (thread) do update
               set owner = excluded.owner, epoch = excluded.epoch, leased_until = excluded.leased_until,
                 lease_ms = excluded.lease_ms`,
              clock(),
            ),
          )
          .run(id, JSON.stringify(owner), leaseMs);
        const [claimed] = select("where thread = $1", [id]);
        if (claimed === undefined) throw new Error("the thread was just written");
        const { epoch, thread } = claimed;
        return { status: "claimed", lease: { threadId, owner, epoch }, thread };
      }),

    update: async ({ threadId, epoch }, set, values) =>
      file.write(() => {
        const { changes } = database
          .prepare(toSql(`update threads set ${set} where thread = $1 and epoch = $2`, clock()))
          .run(JSON.stringify(threadId), epoch, ...values);
        return changes === 1;
      }),

    select: async (rest, values) => file.read(() => select(rest, values).map(({ thread }) => thread)),

    async remove(threadId) {
      await file.write(() => {
        removeCheckpoints(file, threadId);
        database.prepare("delete from threads where thread = ?").run(JSON.stringify(threadId));
      });
      emptyLog(database);
    },
  };
}
