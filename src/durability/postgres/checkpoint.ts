import type { Checkpoint, CheckpointMetadata } from "@langchain/langgraph";
import { z } from "zod";
import { pack, unpack } from "../packed.ts";

/** What turns values into bytes: the serializer of the saver. */
export interface Serializer {
  dumpsTyped(value: unknown): Promise<[string, Uint8Array]>;
  loadsTyped(kind: string, written: Uint8Array | string): Promise<unknown>;
}

/** In which row the value of each channel is stored: the row of the checkpoint that changed it. */
type Homes = ReadonlyMap<string, number>;

/** Stands for the row itself, whose number is not known before it is written. */
export const HERE = 0;

export interface Head {
  readonly checkpoint: Omit<Checkpoint, "channel_values">;
  readonly metadata: CheckpointMetadata;
  readonly homes: Homes;
}

const checkpointSchema = z.object({
  v: z.number(),
  id: z.string(),
  ts: z.string(),
  channel_versions: z.record(z.string(), z.union([z.string(), z.number()])),
  versions_seen: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))),
});

const metadataSchema = z.custom<CheckpointMetadata>((value) => typeof value === "object" && value !== null);

const homesSchema = z.array(z.tuple([z.string(), z.number()]));

/** Values under their names, each as the serializer wrote it: its kind, and its text (of bytes: base64). */
const packedSchema = z.array(z.tuple([z.string(), z.string(), z.string()]));

export function packHead(serializer: Serializer, { checkpoint, metadata, homes }: Head): Promise<Buffer> {
  return packValues(serializer, [
    ["checkpoint", checkpoint],
    ["metadata", metadata],
    ["homes", [...homes]],
  ]);
}

/** The head in row `rowId`; there the homes are all rows. */
export async function unpackHead(serializer: Serializer, rowId: number, packed: Uint8Array): Promise<Head> {
  const head = new Map(await unpackValues(serializer, packed));
  return {
    checkpoint: checkpointSchema.parse(head.get("checkpoint")),
    metadata: metadataSchema.parse(head.get("metadata")),
    homes: new Map(
      homesSchema.parse(head.get("homes")).map(([name, home]) => [name, home === HERE ? rowId : home]),
    ),
  };
}

/**
 * Named values as one block, such as the channels that a step changed. What one of them repeats of another costs next
 * to nothing: a search writes its results once into the transcript and once into the sources.
 */
export async function packValues(
  serializer: Serializer,
  values: readonly (readonly [name: string, value: unknown])[],
): Promise<Buffer> {
  const written = await Promise.all(
    values.map(async ([name, value]) => {
      const [kind, bytes] = await serializer.dumpsTyped(value);
      return [name, kind, Buffer.from(bytes).toString(kind === "json" ? "utf8" : "base64")];
    }),
  );
  return pack(JSON.stringify(written));
}

export async function unpackValues(
  serializer: Serializer,
  packed: Uint8Array,
  wanted: (name: string) => boolean = () => true,
): Promise<[name: string, value: unknown][]> {
  const values = packedSchema.parse(JSON.parse(unpack(packed))).filter(([name]) => wanted(name));
  return Promise.all(
    values.map(async ([name, kind, text]): Promise<[string, unknown]> => [
      name,
      await serializer.loadsTyped(kind, kind === "json" ? text : new Uint8Array(Buffer.from(text, "base64"))),
    ]),
  );
}
