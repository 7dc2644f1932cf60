import { createHash } from "node:crypto";
import { z } from "zod";
import { ITEM_PAGE, type ItemName, type ItemRequest, type ItemRow, type ItemTable } from "../store.ts";
import type { PostgresConnection, Query } from "../../postgres/connection.ts";
import { databaseUnusable } from "../../postgres/failure.ts";
import { NOW } from "./schema.ts";

/** As long as what the index holds of a namespace. */
const INDEXED = 256;

const COLUMNS = "namespace, key, value, created_at, updated_at";

const rowSchema = z.object({
  namespace: z.string(),
  key: z.string(),
  value: z.string(),
  created_at: z.coerce.number(),
  updated_at: z.coerce.number(),
});

/** The items of a store in PostgreSQL. Values are kept as their JSON text, so that every string comes back. */
export function createPostgresItems(connection: PostgresConnection): ItemTable {
  return {
    databaseName: "PostgreSQL",
    run(steps, writes) {
      const inOrder = async (ask: Query): Promise<unknown[]> => {
        const results: unknown[] = [];
        for (const step of steps) {
          const running = step();
          let turn = running.next();
          while (turn.done !== true) turn = running.next(await answer(ask, turn.value));
          results.push(turn.value);
        }
        return results;
      };
      // reads see no more of one moment in a transaction of PostgreSQL's default level, and each is retried by itself
      return writes && steps.length > 1 ? connection.transaction(inOrder) : inOrder(connection.query);
    },
    damaged: (cause) =>
      databaseUnusable(
        connection.place,
        "is damaged: a row in it cannot be read. Repair it from a backup, or choose another schema",
        cause,
      ),
    close: () => undefined,
  };
}

async function answer(query: Query, request: ItemRequest): Promise<readonly ItemRow[]> {
  switch (request.kind) {
    case "find":
      return rowsOf(query, `select ${COLUMNS} from $schema.items where digest = $1`, [digestOf(request)]);
    case "page":
      return rowsOf(
        query,
        `select ${COLUMNS} from $schema.items
         where left(namespace, ${INDEXED}) between left($1, ${INDEXED}) and left($3, ${INDEXED})
           and (namespace, key) > ($1, $2) and namespace < $3
         order by namespace, key limit ${ITEM_PAGE}`,
        [request.after.namespace, request.after.key, request.before],
      );
    case "namespaces":
      return rowsOf(
        query,
        "select distinct namespace, '' as key, '' as value, 0 as created_at, 0 as updated_at from $schema.items",
        [],
      );
    case "put":
      await query(
        `insert into $schema.items (digest, ${COLUMNS}) values ($1, $2, $3, $4, ${NOW}, ${NOW})
         on conflict (digest) do update set value = excluded.value, updated_at = excluded.updated_at`,
        [digestOf(request), request.namespace, request.key, request.value],
      );
      return [];
    case "remove":
      await query("delete from $schema.items where digest = $1", [digestOf(request)]);
      return [];
  }
}

async function rowsOf(query: Query, sql: string, values: readonly unknown[]): Promise<readonly ItemRow[]> {
  return z.array(rowSchema).parse(await query(sql, values));
}

/** Names may be longer than what PostgreSQL can index. */
function digestOf({ namespace, key }: ItemName): Buffer {
  return createHash("sha256")
    .update(`[[${namespace.slice(0, -1)}],${key}]`)
    .digest();
}
