import type { FoundPassage } from "../index-reader.ts";
import type { Awaitable } from "../steps.ts";
import type { VectorCounts, VectorMaking } from "./vector-table.ts";

/** What a search by meaning asks of the store of an index. */
export interface VectorReader {
  /** Below which addresses of files begin; undefined where the documents are no files. */
  folder(): Awaitable<string | undefined>;
  /** The index, for messages. */
  called(): Awaitable<string>;
  /** What the vectors were made with; undefined where there never were any. */
  making(): Awaitable<VectorMaking | undefined>;
  /** Where there are some. They may be a few seconds old. */
  counts(): Awaitable<VectorCounts>;
  /** The passages whose vectors lie nearest by cosine, the nearest first; their score is the cosine. */
  nearest(vector: Float32Array, most: number): Awaitable<readonly FoundPassage[]>;
}
