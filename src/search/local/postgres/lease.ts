import type { PostgresConnection } from "../../../postgres/connection.ts";

/** Says that a build is at work, by a row that it renews. */
export interface Lease {
  /** Known by this in the rows. */
  readonly builder: string;
  end(): Promise<void>;
}

/** Whether the builder of a claim `c` is still heard of. */
export const IS_AT_WORK =
  "exists (select 1 from $schema.builders b where b.id = c.builder and b.until > clock_timestamp())";

/** @param leaseMs how long what a build has taken is left alone once nothing is heard of it */
export async function openLease({ query }: PostgresConnection, leaseMs: number): Promise<Lease> {
  const builder = crypto.randomUUID();
  const renew = async (): Promise<void> => {
    await query(
      `insert into $schema.builders (id, until) values ($1, clock_timestamp() + $2 * interval '1 millisecond')
       on conflict (id) do update set until = excluded.until`,
      [builder, leaseMs],
    );
  };
  await query(`with gone as (delete from $schema.builders where until < clock_timestamp() returning id)
    delete from $schema.claims where builder in (select id from gone)`);
  await renew();
  // what cannot be renewed is told by the next call of the build itself
  const timer = setInterval(() => void renew().catch(() => undefined), leaseMs / 3);
  timer.unref();
  return {
    builder,
    async end() {
      clearInterval(timer);
      await query("delete from $schema.builders where id = $1", [builder]);
    },
  };
}
