import { z } from "zod";
import { ITEM_PAGE, type ItemRequest, type ItemRow, type ItemStep, type ItemTable } from "../store.ts";
import type { StoreFile } from "./file.ts";

const COLUMNS = "namespace, key, value, created_at, updated_at";

const rowSchema = z.object({
  namespace: z.string(),
  key: z.string(),
  value: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
});

/** The items of a store in its SQLite file, which `close` closes. */
export function createSqliteItems(file: StoreFile): ItemTable {
  const run = (step: ItemStep): unknown => {
    const running = step();
    let turn = running.next();
    while (turn.done !== true) turn = running.next(answer(file, turn.value));
    return turn.value;
  };
  return {
    databaseName: "SQLite",
    run: async (steps, writes) => {
      const work = () => steps.map((step) => run(step));
      return writes ? file.write(work) : file.read(work);
    },
    damaged: file.damaged,
    close: file.close,
  };
}

function answer(file: StoreFile, request: ItemRequest): readonly ItemRow[] {
  const select = (sql: string, ...values: readonly string[]): readonly ItemRow[] =>
    z.array(rowSchema).parse(file.prepare(sql).all(...values));
  switch (request.kind) {
    case "find":
      return select(
        `select ${COLUMNS} from items where namespace = ? and key = ?`,
        request.namespace,
        request.key,
      );
    case "page":
      return select(
        `select ${COLUMNS} from items where (namespace, key) > (?, ?) and namespace < ?
         order by namespace, key limit ${ITEM_PAGE}`,
        request.after.namespace,
        request.after.key,
        request.before,
      );
    case "namespaces":
      return select(
        "select distinct namespace, '' as key, '' as value, 0 as created_at, 0 as updated_at from items",
      );
    case "put": {
      const now = Date.now();
      file
        .prepare(
          `insert into items (${COLUMNS}) values (?, ?, ?, ?, ?)
           on conflict (namespace, key) do update set value = excluded.value, updated_at = excluded.updated_at`,
        )
        .run(request.namespace, request.key, request.value, now, now);
      return [];
    }
    case "remove":
      file.prepare("delete from items where namespace = ? and key = ?").run(request.namespace, request.key);
      return [];
  }
}
