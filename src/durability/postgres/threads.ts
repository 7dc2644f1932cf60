import { HELD, readThread, THREAD_COLUMNS, type BookTable } from "../book.ts";
import type { PostgresConnection } from "../../postgres/connection.ts";
import { NOW } from "./schema.ts";

function toSql(sql: string): string {
  return sql
    .replaceAll("$held", HELD)
    .replaceAll(/\$(?:now|clock)/gu, NOW)
    .replaceAll("$thread", "thread_id");
}

/** The threads in PostgreSQL. Each call but `claim` is one statement, and sending it twice comes to the same. */
export function createPostgresThreads(
  { query }: PostgresConnection,
  removeCheckpoints: (threadId: string) => Promise<void>,
): BookTable {
  const select = async (rest: string, values: readonly (string | number)[] = []) =>
    (await query(toSql(`select ${THREAD_COLUMNS} from $schema.threads ${rest}`), values)).map(
      (row) => readThread(row).thread,
    );

  return {
    async claim(threadId, owner, leaseMs) {
      // known by this name when the reply to a claim is lost and it is made once more
      const claim = crypto.randomUUID();
      const id = JSON.stringify(threadId);
      for (;;) {
        const [taken] = await query(
          toSql(
            `insert into $schema.threads as t (thread_id, owner, claim, epoch, leased_until, created_at, updated_at, lease_ms)
             values ($1, $2, $3, nextval('$schema.epochs'), $clock + $4, $now, $now, $4)
             on conflict (thread_id) do update
               set owner = excluded.owner, claim = excluded.claim, epoch = excluded.epoch,
                 leased_until = excluded.leased_until, lease_ms = excluded.lease_ms
               where not ${HELD.replaceAll(/\b(?=lease)/gu, "t.")} or t.claim = excluded.claim
             returning ${THREAD_COLUMNS}`,
          ),
          [id, JSON.stringify(owner), claim, leaseMs],
        );
        if (taken !== undefined) {
          const { epoch, thread } = readThread(taken);
          return { status: "claimed", lease: { threadId, owner, epoch }, thread };
        }
        const [thread] = await select("where thread_id = $1", [id]);
        // gone or given back in this moment: it may be had after all
        if (thread !== undefined && thread.leasedUntil > 0) return { status: "busy", thread };
      }
    },

    async update({ threadId, epoch }, set, values) {
      const rows = await query(
        toSql(`update $schema.threads set ${set} where thread_id = $1 and epoch = $2 returning 1`),
        [JSON.stringify(threadId), epoch, ...values],
      );
      return rows.length === 1;
    },

    select,

    async remove(threadId) {
      await removeCheckpoints(threadId);
      await query("delete from $schema.threads where thread_id = $1", [JSON.stringify(threadId)]);
    },
  };
}
