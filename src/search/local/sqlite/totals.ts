import { z } from "zod";
import type { SqliteDatabase } from "../../../sqlite/sqlite.ts";

/**
 * What FTS5 weighs words by: how many passages there are, and how many words each column of all of them has. It keeps
 * both in a record of its own, which in a table without contents still counts what was deleted (in 3.45 at least).
 * https://sqlite.org/src/file/ext/fts5/fts5_index.c, "averages record"
 */
export interface Totals {
  passages(): number;
  /**
   * Takes documents that are to be deleted out of the record. To be called in their transaction, before anything else is
   * written in it: FTS5 reads the record then.
   */
  forget(keys: readonly string[]): void;
}

const recordRow = z.object({ numbers: z.string() });
const sizeRows = z.array(recordRow);

export function openTotals(database: SqliteDatabase): Totals {
  const select = database.prepare("select hex(block) as numbers from passage_terms_data where id = 1");
  const selectSizes = database.prepare(
    `select hex(hit.sz) as numbers from documents document join passages passage on passage.document = document.id
     join passage_terms_docsize hit on hit.id = passage.id where document.key = ?`,
  );
  const read = (): number[] => readVarints(recordRow.parse(select.get()).numbers);
  return {
    passages: () => read()[0] ?? 0,
    forget(keys) {
      const gone = keys.flatMap((key) => sizeRows.parse(selectSizes.all(key)));
      if (gone.length === 0) return;
      const totals = read();
      for (const { numbers } of gone) {
        for (const [at, by] of [1, ...readVarints(numbers)].entries()) totals[at] = (totals[at] ?? 0) - by;
      }
      // a buffer on its own ends the process
      database
        .prepare("update passage_terms_data set block = ? where id = 1")
        .run([Buffer.from(totals.flatMap(writeVarint))]);
    },
  };
}

/** https://sqlite.org/fileformat2.html#varint, as far as numbers go here. */
function readVarints(hex: string): number[] {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of Buffer.from(hex, "hex")) {
    number = number * 128 + (byte & 127);
    if (byte >= 128) continue;
    numbers.push(number);
    number = 0;
  }
  return numbers;
}

function writeVarint(number: number): number[] {
  const bytes = [number % 128];
  for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) {
    bytes.unshift((left % 128) + 128);
  }
  return bytes;
}
