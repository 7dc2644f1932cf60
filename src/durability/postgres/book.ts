import { z } from "zod";
import type { Claim, Lease, ThreadBook, ThreadRow } from "../durability.ts";
import { leaseLost } from "../lease.ts";
import type { PostgresConnection } from "./connection.ts";
import { nameIn, NOW } from "./schema.ts";

/** A lease that has run out is nobody's. */
const COLUMNS = `thread_id, question, run, status, attempts, problem, owner, epoch, created_at, updated_at,
  case when leased_until > ${NOW} then leased_until else 0 end as leased_until`;

const time = z.coerce.number();

const rowSchema = z.object({
  thread_id: z.string(),
  question: z.string(),
  run: time,
  status: z.enum(["running", "finished", "stopped", "failed"]),
  attempts: z.number(),
  problem: z.string(),
  owner: z.string(),
  epoch: z.coerce.number(),
  created_at: time,
  updated_at: time,
  leased_until: time,
});

type Row = z.infer<typeof rowSchema>;

export interface PostgresBook extends ThreadBook {
  /** The epoch of the newest claim that was made here on a thread and not given back. */
  heldEpoch(threadId: string): number | undefined;
}

/**
 * The book of threads in PostgreSQL. A thread that was claimed and never begun is not listed. Each call is one statement, and sending it twice comes to the same.
 * `forget` removes what is kept of a thread elsewhere.
 */
export function createPostgresBook(
  { query }: PostgresConnection,
  forget: (threadId: string) => Promise<void>,
): PostgresBook {
  const held = new Map<string, number>();

  /** Changes the thread of a lease; false when it is another's by now. */
  const change = async ({ threadId, epoch }: Lease, changes: string, values: readonly unknown[]) => {
    const rows = await query(
      `update $schema.threads set ${changes} where thread_id = $1 and epoch = $2 returning 1`,
      [JSON.stringify(threadId), epoch, ...values],
    );
    return rows.length === 1;
  };

  const select = async (rest: string, values: readonly unknown[] = []): Promise<ThreadRow[]> =>
    z
      .array(rowSchema)
      .parse(await query(`select ${COLUMNS} from $schema.threads ${rest}`, values))
      .map(threadOf);

  return {
    heldEpoch: (threadId) => held.get(threadId),

    async claim(threadId, owner, leaseMs): Promise<Claim> {
      // known by this name when the reply to a claim is lost and it is made once more
      const claim = crypto.randomUUID();
      const name = JSON.stringify(threadId);
      for (;;) {
        const [taken] = await query(
          `insert into $schema.threads as t (thread_id, owner, claim, epoch, leased_until, created_at, updated_at)
           values ($1, $2, $3, nextval('$schema.epochs'), ${NOW} + $4, ${NOW}, ${NOW})
           on conflict (thread_id) do update
             set owner = excluded.owner, claim = excluded.claim, epoch = excluded.epoch, leased_until = excluded.leased_until
             where t.leased_until <= ${NOW} or t.claim = excluded.claim
           returning ${COLUMNS}`,
          [name, JSON.stringify(owner), claim, leaseMs],
        );
        if (taken !== undefined) {
          const row = rowSchema.parse(taken);
          held.set(threadId, row.epoch);
          const lease: Lease = { threadId, owner, epoch: row.epoch };
          return { status: "claimed", lease, thread: row.run > 0 ? threadOf(row) : undefined };
        }
        const [thread] = await select("where thread_id = $1", [name]);
        // gone or given back in this moment: it may be had after all
        if (thread !== undefined && thread.leasedUntil > 0) return { status: "busy", thread };
      }
    },

    renew: (lease, leaseMs) => change(lease, `leased_until = ${NOW} + $3`, [leaseMs]),

    async begin(lease, question) {
      const isBegun =
        question === undefined
          ? await change(
              lease,
              `status = 'running', attempts = attempts + 1, problem = '', updated_at = ${NOW}`,
              [],
            )
          : await change(
              lease,
              `status = 'running', attempts = 1, problem = '', updated_at = ${NOW}, run = epoch, question = $3`,
              [JSON.stringify(question)],
            );
      if (!isBegun) throw leaseLost(lease.threadId);
    },

    async release(lease, status, problem = "") {
      const set = `status = $3, problem = $4, leased_until = 0, updated_at = ${NOW}`;
      const isReleased = await change(lease, set, [status, JSON.stringify(problem)]);
      // after a lost lease nothing may be written from here until the thread is claimed again
      if (isReleased && held.get(lease.threadId) === lease.epoch) held.delete(lease.threadId);
    },

    list: (limit = 50) => select("where run > 0 order by updated_at desc, thread_id limit $1", [limit]),

    async find(threadId) {
      return (await select("where thread_id = $1 and run > 0", [JSON.stringify(threadId)]))[0];
    },

    orphans: () =>
      select(`where status = 'running' and leased_until <= ${NOW} order by updated_at, thread_id`),

    async remove(threadId) {
      // first, so that a thread is there until all of it is gone, and can be removed again
      await forget(threadId);
      await query("delete from $schema.threads where thread_id = $1", [JSON.stringify(threadId)]);
    },
  };
}

function threadOf(row: Row): ThreadRow {
  return {
    threadId: nameIn(row.thread_id),
    question: nameIn(row.question),
    run: row.run,
    status: row.status,
    attempts: row.attempts,
    problem: nameIn(row.problem),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    owner: nameIn(row.owner),
    leasedUntil: row.leased_until,
  };
}
