import { createHash } from "node:crypto";
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
import type { PostgresConnection, Query } from "./connection.ts";
import { databaseUnusable } from "./failure.ts";
import { decodeNamespace, encodeNamespace, rangeOf } from "../sqlite/names.ts";
import { matching, passes } from "../store-filter.ts";

/** Rows that are read at once. */
const PAGE = 200;

/** As long as what the index holds of a namespace. */
const INDEXED = 256;

const COLUMNS = "namespace, key, value, created_at, updated_at";
const NOW = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

const rowSchema = z.object({
  namespace: z.string(),
  key: z.string(),
  value: z.string(),
  created_at: z.coerce.number(),
  updated_at: z.coerce.number(),
});

type Row = z.infer<typeof rowSchema>;

const valueSchema = z.record(z.string(), z.unknown());

/**
 * A LangGraph store in PostgreSQL, for what has to outlive the process, as the one in SQLite: a batch is one
 * transaction, found items come in the order of namespace and key, there is no semantic search. Values are kept as
 * their JSON text, so that every string comes back, NUL and lone surrogates too.
 *
 * @throws AgenticRagError `store-unusable`
 */
export function createPostgresStore(connection: PostgresConnection): BaseStore {
  return new PostgresStore(connection);
}

class PostgresStore extends BaseStore {
  readonly #connection: PostgresConnection;

  constructor(connection: PostgresConnection) {
    super();
    this.#connection = connection;
  }

  override async batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    // made before anything is begun, so that a value that is no JSON changes nothing
    const steps = operations.map((operation) => this.#step(operation));
    const inOrder = async (query: Query): Promise<unknown[]> => {
      const results: unknown[] = [];
      for (const step of steps) results.push(await step(query));
      return results;
    };
    const results =
      steps.length === 1
        ? await inOrder(this.#connection.query)
        : await this.#connection.transaction(inOrder);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one result for each operation, in their order
    return results as OperationResults<Op>;
  }

  #step(operation: Operation): (query: Query) => Promise<unknown> {
    if ("namespacePrefix" in operation) return this.#search(operation);
    if ("value" in operation) return put(operation);
    return "key" in operation ? this.#get(operation) : listNamespaces(operation);
  }

  #get({ namespace, key }: GetOperation) {
    return async (query: Query): Promise<Item | null> => {
      const [row] = await query(`select ${COLUMNS} from $schema.items where digest = $1`, [
        digestOf(namespace, key),
      ]);
      return row === undefined ? null : this.#itemOf(rowSchema.parse(row));
    };
  }

  #search({ namespacePrefix, filter = {}, limit = 10, offset = 0, query: meaning }: SearchOperation) {
    if (meaning !== undefined) {
      throw new AgenticRagError(
        "settings-invalid",
        "This store in PostgreSQL cannot search by meaning. Search it without `query`, or use a store with an index.",
      );
    }
    return async (query: Query): Promise<Item[]> => {
      const found: Item[] = [];
      let passed = 0;
      if (limit <= 0) return found;
      for await (const row of rowsBelow(query, namespacePrefix)) {
        const item = this.#itemOf(row);
        if (!passes(item.value, filter)) continue;
        passed += 1;
        if (passed > offset) found.push(item);
        if (found.length >= limit) break;
      }
      return found;
    };
  }

  #itemOf({ namespace, key, value, created_at, updated_at }: Row): Item {
    try {
      return {
        namespace: decodeNamespace(namespace),
        key: z.string().parse(JSON.parse(key)),
        value: objectOf(JSON.parse(value)),
        createdAt: new Date(created_at),
        updatedAt: new Date(updated_at),
      };
    } catch (error) {
      const what = "is damaged: an item in it is no JSON. Repair it from a backup, or choose another schema";
      throw databaseUnusable(this.#connection.place, what, error);
    }
  }
}

/** The same object: a copy by `valueSchema` would lose what is called `__proto__`. */
function objectOf(value: unknown): Record<string, unknown> {
  valueSchema.parse(value);
  return z.custom<Record<string, unknown>>(() => true).parse(value);
}

function put({ namespace, key, value }: PutOperation): (query: Query) => Promise<void> {
  const digest = digestOf(namespace, key);
  if (value === null) {
    return async (query) => {
      await query("delete from $schema.items where digest = $1", [digest]);
    };
  }
  const row = [digest, encodeNamespace(namespace), JSON.stringify(key), JSON.stringify(value)];
  return async (query) => {
    await query(
      `insert into $schema.items (digest, ${COLUMNS}) values ($1, $2, $3, $4, ${NOW}, ${NOW})
       on conflict (digest) do update set value = excluded.value, updated_at = excluded.updated_at`,
      row,
    );
  };
}

function listNamespaces(operation: ListNamespacesOperation) {
  return async (query: Query): Promise<string[][]> => {
    const rows = z
      .array(rowSchema.pick({ namespace: true }))
      .parse(await query("select distinct namespace from $schema.items"));
    return matching(
      rows.map(({ namespace }) => decodeNamespace(namespace)),
      operation,
    );
  };
}

/** The items below a prefix, a page at a time, so that no more is read than is looked at. */
async function* rowsBelow(query: Query, prefix: readonly string[]): AsyncGenerator<Row> {
  const { from, before } = rangeOf(prefix);
  let after: Pick<Row, "namespace" | "key"> | undefined = { namespace: from, key: "" };
  while (after !== undefined) {
    const rows: Row[] = z.array(rowSchema).parse(
      await query(
        `select ${COLUMNS} from $schema.items
         where left(namespace, ${INDEXED}) between left($1, ${INDEXED}) and left($3, ${INDEXED})
           and (namespace, key) > ($1, $2) and namespace < $3
         order by namespace, key limit ${PAGE}`,
        [after.namespace, after.key, before],
      ),
    );
    yield* rows;
    after = rows.length < PAGE ? undefined : rows.at(-1);
  }
}

/** Names may be longer than what PostgreSQL can index. */
function digestOf(namespace: readonly string[], key: string): Buffer {
  return createHash("sha256")
    .update(JSON.stringify([namespace, key]))
    .digest();
}
