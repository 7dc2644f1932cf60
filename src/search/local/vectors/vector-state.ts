import { openToRead } from "../sqlite/index-store.ts";
import { countVectors, readMaking, type VectorCounts, type VectorMaking } from "./vector-table.ts";

/** What an index holds of vectors. */
export interface VectorState extends VectorCounts {
  readonly making: VectorMaking;
}

/**
 * Undefined for an index without.
 *
 * @throws AgenticRagError `index-unusable`
 */
export function readVectorState(file: string): VectorState | undefined {
  const database = openToRead(file);
  try {
    const making = readMaking(database);
    return making === undefined ? undefined : { making, ...countVectors(database) };
  } finally {
    database.close();
  }
}
