import { z } from "zod";
import type { CheckpointKey, NewWrite, Write } from "../checkpoint-rows.ts";
import { pack, unpack } from "../packed.ts";
import { bytes, jsonName, type StoreFile } from "./file.ts";

interface StoredWrite extends Write {
  readonly path: string;
  readonly number: number;
}

export const encoded = z.tuple([z.string(), z.string()]);

const writeRow = z.object({
  task: jsonName,
  path: jsonName,
  body: bytes.transform((packed) =>
    z.array(z.tuple([z.number(), z.string(), encoded])).parse(JSON.parse(unpack(packed))),
  ),
});

const numbersRow = z.object({ numbers: z.string() });

/** As the columns `thread`, `place`, `id`. */
export function namesOf({ threadId, namespace, checkpointId }: CheckpointKey): [string, string, string] {
  return [JSON.stringify(threadId), JSON.stringify(namespace), JSON.stringify(checkpointId)];
}

/** Adds writes of one task. What it wrote before stays as it is, but for LangGraph's own, which replace each other. */
export function insertWrites(
  file: StoreFile,
  key: CheckpointKey,
  task: readonly [taskId: string, taskPath: string],
  writes: readonly NewWrite[],
): void {
  const [taskId, taskPath] = task.map((name) => JSON.stringify(name));
  const rows = file
    .prepare("select numbers from writes where thread = ? and place = ? and checkpoint = ? and task = ?")
    .all(...namesOf(key), taskId);
  const taken = new Set(
    z
      .array(numbersRow)
      .parse(rows)
      .flatMap(({ numbers }) => z.array(z.number()).parse(JSON.parse(numbers))),
  );
  const fresh = writes.filter(({ number }) => number < 0 || !taken.has(number));
  if (fresh.length === 0) return;
  file
    .prepare(
      "insert into writes (thread, place, checkpoint, task, path, numbers, body) values (?, ?, ?, ?, ?, ?, ?)",
    )
    .run(
      ...namesOf(key),
      taskId,
      taskPath,
      JSON.stringify(fresh.map(({ number }) => number)),
      pack(JSON.stringify(fresh.map(({ number, channel, value }) => [number, channel, value]))),
    );
}

/** The writes after a checkpoint, in the order in which the run applies them. */
export function readWrites(file: StoreFile, key: CheckpointKey): readonly Write[] {
  const rows = file
    .prepare(
      "select task, path, body from writes where thread = ? and place = ? and checkpoint = ? order by id",
    )
    .all(...namesOf(key));
  const writes = new Map<string, StoredWrite>();
  for (const { task, path, body: packed } of z.array(writeRow).parse(rows)) {
    for (const [number, channel, value] of packed) {
      writes.set(JSON.stringify([task, number]), { taskId: task, path, number, channel, value });
    }
  }
  return [...writes.values()].sort(
    (left, right) =>
      byCodePoints(left.path, right.path) ||
      byCodePoints(left.taskId, right.taskId) ||
      left.number - right.number,
  );
}

/** As LangGraph sorts: UTF-8 keeps the order of code points, UTF-16 does not. */
function byCodePoints(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
