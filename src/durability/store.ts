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
import { AgenticRagError } from "../errors.ts";
import { decodeNamespace, encodeNamespace, rangeOf } from "./namespace-text.ts";
import { matching, passes } from "./store-filter.ts";

/** An item as it is stored: its namespace and its key as text (see `namespace-text.ts`), its value as JSON. */
export interface ItemRow {
  readonly namespace: string;
  readonly key: string;
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  readonly updated_at: number;
}

export type ItemName = Pick<ItemRow, "namespace" | "key">;

/** What a step asks of the database. All but `find` and `page` are answered with rows of which nothing is read. */
export type ItemRequest =
  | ({ readonly kind: "find" | "remove" } & ItemName)
  | ({ readonly kind: "put"; readonly value: string } & ItemName)
  /** Up to `ITEM_PAGE` items in order, behind `after` and in namespaces before `before`. */
  | { readonly kind: "page"; readonly after: ItemName; readonly before: string }
  /** The namespaces, each once, as rows without more. */
  | { readonly kind: "namespaces" };

/** One operation: yields what it asks for, is given the rows, and returns its result. */
export type ItemStep = () => Generator<ItemRequest, unknown, readonly ItemRow[]>;

export interface ItemTable {
  /** For messages. */
  readonly databaseName: string;
  /** Runs the steps of a batch, in one transaction if it `writes`. A step may be run again from its beginning. */
  run(steps: readonly ItemStep[], writes: boolean): Promise<unknown[]>;
  damaged(cause: unknown): Error;
  close(): Promise<void> | void;
}

/** Items that are read at once. */
export const ITEM_PAGE = 200;

const valueSchema = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);

/**
 * A LangGraph store in a database, for what has to outlive the process.
 *
 * - A batch that writes is one transaction: all of it is kept when its promise resolves, or nothing.
 * - Found items come in the order of namespace and key.
 * - There is no semantic search: a search with a `query` is an error, and what `put` is told about indexing is
 *   ignored.
 *
 * @throws AgenticRagError `store-unusable`
 */
export class DatabaseStore extends BaseStore {
  readonly #table: ItemTable;

  constructor(table: ItemTable) {
    super();
    this.#table = table;
  }

  override async batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    // made before anything is begun, so that a value that is no JSON changes nothing
    const steps = operations.map((operation) => this.#step(operation));
    const results = await this.#table.run(
      steps,
      operations.some((operation) => "value" in operation),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one result for each operation, in their order
    return results as OperationResults<Op>;
  }

  override stop(): Promise<void> | void {
    return this.#table.close();
  }

  #step(operation: Operation): ItemStep {
    if ("namespacePrefix" in operation) return this.#search(operation);
    if ("value" in operation) return put(operation);
    return "key" in operation ? this.#get(operation) : listNamespaces(operation);
  }

  #get({ namespace, key }: GetOperation): ItemStep {
    const itemOf = (row: ItemRow) => this.#itemOf(row);
    return function* () {
      const [row] = yield { kind: "find", ...nameOf(namespace, key) };
      return row === undefined ? null : itemOf(row);
    };
  }

  #search({ namespacePrefix, filter = {}, limit = 10, offset = 0, query }: SearchOperation): ItemStep {
    if (query !== undefined) {
      throw new AgenticRagError(
        "settings-invalid",
        `A store in ${this.#table.databaseName} cannot search by meaning. Search it without \`query\`, or use a store with an index.`,
      );
    }
    const itemOf = (row: ItemRow) => this.#itemOf(row);
    return function* () {
      const { from, before } = rangeOf(namespacePrefix);
      const found: Item[] = [];
      let passed = 0;
      // a page at a time, so that no more is read than is looked at
      let after: ItemName | undefined = { namespace: from, key: "" };
      while (after !== undefined && found.length < limit) {
        const rows: readonly ItemRow[] = yield { kind: "page", after, before };
        for (const row of rows) {
          if (found.length >= limit) break;
          const item = itemOf(row);
          if (!passes(item.value, filter)) continue;
          passed += 1;
          if (passed > offset) found.push(item);
        }
        after = rows.length < ITEM_PAGE ? undefined : rows.at(-1);
      }
      return found;
    };
  }

  #itemOf({ namespace, key, value, created_at, updated_at }: ItemRow): Item {
    try {
      return {
        namespace: decodeNamespace(namespace),
        key: z.string().parse(JSON.parse(key)),
        value: valueSchema.parse(JSON.parse(value)),
        createdAt: new Date(created_at),
        updatedAt: new Date(updated_at),
      };
    } catch (error) {
      throw this.#table.damaged(error);
    }
  }
}

function nameOf(namespace: readonly string[], key: string): ItemName {
  return { namespace: encodeNamespace(namespace), key: JSON.stringify(key) };
}

function put({ namespace, key, value }: PutOperation): ItemStep {
  const name = nameOf(namespace, key);
  const request: ItemRequest =
    value === null ? { kind: "remove", ...name } : { kind: "put", ...name, value: JSON.stringify(value) };
  return function* () {
    yield request;
  };
}

function listNamespaces(operation: ListNamespacesOperation): ItemStep {
  return function* () {
    const rows = yield { kind: "namespaces" };
    return matching(
      rows.map(({ namespace }) => decodeNamespace(namespace)),
      operation,
    );
  };
}
