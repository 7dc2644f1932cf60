import {
  BaseStore,
  type GetOperation,
  type Item,
  type ListNamespacesOperation,
  type Operation,
  type OperationResults,
  type PutOperation,
  type SearchOperation,
} from "@langchain/langgraph";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { closeDatabase, inTransaction, type SqliteDatabase } from "../../sqlite/sqlite.ts";
import { explainStoreError, openStoreFile, storeUnusable } from "./file.ts";
import { decodeNamespace, encodeNamespace, rangeOf } from "./names.ts";
import { matching, passes } from "../store-filter.ts";

export interface SqliteStoreOptions {
  /** How long a call waits for another process that writes, in milliseconds; nothing else runs meanwhile. Default 5,000. */
  readonly lockTimeoutMs?: number;
}

/** Rows that are read at once. */
const PAGE = 200;

/**
 * A LangGraph store in one SQLite file, for what has to outlive the process. Several processes may use the file.
 *
 * - A batch is one transaction: all of it is on the disk when its promise resolves, or nothing.
 * - Found items come in the order of namespace and key.
 * - There is no semantic search: a search with a `query` is an error, and what `put` is told about indexing is
 *   ignored.
 * - `stop` closes the file.
 *
 * The file and its folder, where they are new, are the owner's alone (0600, 0700). `:memory:` keeps nothing.
 *
 * @throws AgenticRagError `store-unusable` when the file is no database or another program's, was written by a newer
 * version, cannot be read or written, or stays locked; then also from each call.
 */
export function createSqliteStore(
  file: string,
  { lockTimeoutMs = 5_000 }: SqliteStoreOptions = {},
): BaseStore {
  return new SqliteStore(file, openStoreFile(file, lockTimeoutMs));
}

const rowSchema = z.object({
  namespace: z.string(),
  key: z.string(),
  value: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
});

type Row = z.infer<typeof rowSchema>;

const COLUMNS = "namespace, key, value, created_at, updated_at";

/** A store in a database that is open already. Its `stop` closes the database. */
export class SqliteStore extends BaseStore {
  readonly #file: string;
  readonly #database: SqliteDatabase;

  constructor(file: string, database: SqliteDatabase) {
    super();
    this.#file = file;
    this.#database = database;
  }

  override async batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    if (!this.#database.open) throw storeUnusable(this.#file, "is closed: it was stopped");
    // made before anything is begun, so that a value that is no JSON changes nothing
    const steps = operations.map((operation) => this.#step(operation));
    const writes = operations.some((operation) => "value" in operation);
    try {
      const results = inTransaction(this.#database, writes ? "immediate" : "deferred", () =>
        steps.map((step) => step()),
      );
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one result for each operation, in their order
      return results as OperationResults<Op>;
    } catch (error) {
      throw explainStoreError(this.#file, error);
    }
  }

  override stop(): void {
    if (this.#database.open) closeDatabase(this.#database);
  }

  #step(operation: Operation): () => unknown {
    if ("namespacePrefix" in operation) return this.#search(operation);
    if ("value" in operation) return this.#put(operation);
    return "key" in operation ? this.#get(operation) : this.#listNamespaces(operation);
  }

  #get({ namespace, key }: GetOperation) {
    return (): Item | null => {
      const row: unknown = this.#database
        .prepare(`select ${COLUMNS} from items where namespace = ? and key = ?`)
        .get(encodeNamespace(namespace), JSON.stringify(key));
      return row === undefined ? null : this.#itemOf(rowSchema.parse(row));
    };
  }

  #put({ namespace, key, value }: PutOperation) {
    const name = [encodeNamespace(namespace), JSON.stringify(key)];
    if (value === null) {
      return (): void => {
        this.#database.prepare("delete from items where namespace = ? and key = ?").run(...name);
      };
    }
    const text = JSON.stringify(value);
    return (): void => {
      const now = Date.now();
      this.#database
        .prepare(
          `insert into items (${COLUMNS}) values (?, ?, ?, ?, ?)
           on conflict (namespace, key) do update set value = excluded.value, updated_at = excluded.updated_at`,
        )
        .run(...name, text, now, now);
    };
  }

  #search({ namespacePrefix, filter = {}, limit = 10, offset = 0, query }: SearchOperation) {
    if (query !== undefined) {
      throw new AgenticRagError(
        "settings-invalid",
        "A store in SQLite cannot search by meaning. Search it without `query`, or use a store with an index.",
      );
    }
    return (): Item[] => {
      const found: Item[] = [];
      let passed = 0;
      for (const row of this.#rows(namespacePrefix)) {
        if (found.length >= limit) break;
        const item = this.#itemOf(row);
        if (!passes(item.value, filter)) continue;
        passed += 1;
        if (passed > offset) found.push(item);
      }
      return found;
    };
  }

  #listNamespaces(operation: ListNamespacesOperation) {
    return (): string[][] => {
      const rows = this.#database.prepare("select distinct namespace from items").all();
      const namespaces = z.array(rowSchema.pick({ namespace: true })).parse(rows);
      return matching(
        namespaces.map(({ namespace }) => decodeNamespace(namespace)),
        operation,
      );
    };
  }

  /** The items below a prefix, a page at a time, so that no more is read than is looked at. */
  *#rows(prefix: readonly string[]): Generator<Row> {
    const { from, before } = rangeOf(prefix);
    const page = this.#database.prepare(
      `select ${COLUMNS} from items where (namespace, key) > (?, ?) and namespace < ?
       order by namespace, key limit ${PAGE}`,
    );
    let after: Pick<Row, "namespace" | "key"> | undefined = { namespace: from, key: "" };
    while (after !== undefined) {
      const rows: Row[] = z.array(rowSchema).parse(page.all(after.namespace, after.key, before));
      yield* rows;
      after = rows.length < PAGE ? undefined : rows.at(-1);
    }
  }

  #itemOf({ namespace, key, value, created_at, updated_at }: Row): Item {
    try {
      return {
        namespace: decodeNamespace(namespace),
        key: z.string().parse(JSON.parse(key)),
        value: valueSchema.parse(JSON.parse(value)),
        createdAt: new Date(created_at),
        updatedAt: new Date(updated_at),
      };
    } catch (error) {
      throw storeUnusable(
        this.#file,
        "is damaged: an item in it is no JSON. Move it away, or choose another",
        error,
      );
    }
  }
}

const valueSchema = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
