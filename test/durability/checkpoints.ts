import { join } from "node:path";
import type { BaseCheckpointSaver } from "@langchain/langgraph";
import { emptyCheckpoint, uuid6 } from "@langchain/langgraph-checkpoint";
import { onTestFinished } from "vitest";
import { openSqliteDurability } from "../../src/durability/sqlite/sqlite.ts";
import { createFolder } from "../search/temporary-folder.ts";

/** The name of a file that is not there yet. */
export function newFile(): string {
  return join(createFolder(), "threads.sqlite");
}

/** A database that the test closes. */
export function opened(file = newFile()) {
  const durability = openSqliteDurability(file, { lockTimeoutMs: 50 });
  onTestFinished(() => durability.close());
  return durability;
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export const META = { source: "loop", step: 0, parents: {} } as const;

/** A checkpoint that holds values and nothing else. */
export function checkpoint(values: Record<string, unknown> = {}) {
  const channel_versions = Object.fromEntries(Object.keys(values).map((name) => [name, 1]));
  return { ...emptyCheckpoint(), id: uuid6(0), channel_values: values, channel_versions };
}

export async function put(
  saver: BaseCheckpointSaver,
  thread_id: unknown,
  values: Record<string, unknown> = {},
  more = {},
) {
  const made = checkpoint(values);
  return saver.put({ configurable: { thread_id, ...more } }, made, META, made.channel_versions);
}
