import { z } from "zod";
import type { CheckpointRow, Encoded, NewCheckpoint, NewWrite, Versions, Write } from "../checkpoint-rows.ts";
import { pack, unpack } from "../packed.ts";
import { nameIn } from "./schema.ts";

export interface PostgresCheckpoint extends CheckpointRow {
  /** The rows that hold the values: those of the checkpoints that changed them. */
  readonly homes: ReadonlyMap<string, number>;
  readonly packedWrites: PackedWrites;
}

type PackedWrites = readonly { readonly task_id: string; readonly pack: string }[];

/** Stands for the row itself, whose number is not known before it is written. */
const HERE = 0;

export const bytes = z.instanceof(Uint8Array);
export const rowId = z.coerce.number();
const version = z.union([z.string(), z.number()]);

/** Values under their names, each as the serializer wrote it: its kind, and its text (of bytes: base64). */
const packedSchema = z.array(z.tuple([z.string(), z.string(), z.string()]));

const headSchema = z.object({
  checkpoint: z.object({
    v: z.number(),
    ts: z.string(),
    channel_versions: z.record(z.string(), version),
    versions_seen: z.record(z.string(), z.record(z.string(), version)),
  }),
  homes: z.array(z.tuple([z.string(), z.number()])),
});

export const rowSchema = z
  .object({
    row_id: rowId,
    thread_id: z.string().transform(nameIn),
    namespace: z.string().transform(nameIn),
    checkpoint_id: z.string().transform(nameIn),
    parent_id: z.string().transform(nameIn).nullable(),
    head: bytes,
    writes: z.array(z.object({ task_id: z.string(), pack: z.string() })).nullable(),
  })
  .transform((row): PostgresCheckpoint => {
    const parts = new Map(unpackValues(row.head));
    const partOf = (name: string): unknown => JSON.parse(parts.get(name)?.[1] ?? "null");
    const { checkpoint, homes } = headSchema.parse({
      checkpoint: partOf("checkpoint"),
      homes: partOf("homes"),
    });
    return {
      order: row.row_id,
      threadId: row.thread_id,
      namespace: row.namespace,
      checkpointId: row.checkpoint_id,
      parentId: row.parent_id ?? undefined,
      head: {
        v: checkpoint.v,
        ts: checkpoint.ts,
        versions: checkpoint.channel_versions,
        seen: checkpoint.versions_seen,
      },
      metadata: parts.get("metadata") ?? ["json", "{}"],
      homes: namedHomes(homes, row.row_id),
      packedWrites: row.writes ?? [],
    };
  });

/** What a checkpoint hands on to the one that follows it. */
export interface Parent {
  readonly homes: ReadonlyMap<string, number>;
  readonly versions: Versions;
}

type Homes = ReadonlyMap<string, number>;

/** Where the values of a checkpoint are; those that it changed are `HERE`. */
export function homesOf({ changed, inherits }: NewCheckpoint, parent: Parent | undefined): Homes {
  const homes = new Map(
    [...(parent?.homes ?? [])].filter(([channel]) => parent && inherits(channel, parent.versions)),
  );
  for (const [channel] of changed) homes.set(channel, HERE);
  return homes;
}

/** With the number of the row in the place of `HERE`. */
export function namedHomes(homes: Iterable<readonly [channel: string, home: number]>, row: number): Homes {
  return new Map([...homes].map(([channel, home]) => [channel, home === HERE ? row : home]));
}

export function packHead({ checkpointId, head, metadata }: NewCheckpoint, homes: Homes): Buffer {
  const checkpoint = {
    v: head.v,
    id: checkpointId,
    ts: head.ts,
    channel_versions: head.versions,
    versions_seen: head.seen,
  };
  return packValues([
    ["checkpoint", ["json", JSON.stringify(checkpoint)]],
    ["metadata", metadata],
    ["homes", ["json", JSON.stringify([...homes])]],
  ]);
}

/** The packs of a task: its own writes as one, and each of LangGraph's own writes. */
export function packWrites(writes: readonly NewWrite[]): ReadonlyMap<number, Buffer> {
  const byIndex = new Map<number, (readonly [channel: string, value: Encoded])[]>();
  for (const { number, channel, value } of writes) {
    const index = Math.min(number, 0);
    byIndex.set(index, [...((index === 0 && byIndex.get(0)) || []), [channel, value]]);
  }
  return new Map([...byIndex].map(([index, values]) => [index, packValues(values)]));
}

export function unpackWrites(packed: PackedWrites): readonly Write[] {
  return packed.flatMap(({ task_id, pack: text }) =>
    unpackValues(Buffer.from(text, "base64")).map(([channel, value]) => ({
      taskId: task_id,
      channel,
      value,
    })),
  );
}

/**
 * Named values as one block, such as the channels that a step changed. What one of them repeats of another costs next
 * to nothing: a search writes its results once into the transcript and once into the sources.
 */
export function packValues(values: readonly (readonly [name: string, value: Encoded])[]): Buffer {
  return pack(JSON.stringify(values.map(([name, [kind, text]]) => [name, kind, text])));
}

export function unpackValues(packed: Uint8Array): [name: string, value: Encoded][] {
  return packedSchema.parse(JSON.parse(unpack(packed))).map(([name, kind, text]) => [name, [kind, text]]);
}
