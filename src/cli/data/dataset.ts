import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import Papa from "papaparse";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { readQuestions } from "../../eval/datasets/datasets.ts";
import { parseJson } from "../../net/json.ts";
import { decodeBytes } from "../../text/encoding.ts";

/** A question of a data set. */
export interface DatasetQuestion {
  /** Of its row; another for each. */
  readonly group: string;
  readonly question: string;
  readonly goldenAnswers?: readonly string[];
  /** False: nothing answers it. */
  readonly answerable?: boolean;
  /** Titles or addresses of the documents that hold the answer. */
  readonly evidence?: readonly string[];
  readonly source?: string;
  readonly split?: string;
  readonly index: number;
}

/**
 * The questions of a published file, in order: JSON, JSON lines, CSV, TSV or Parquet, also gzipped. Which of them it is, and
 * whose, is found by what is in it.
 *
 * @throws AgenticRagError `settings-invalid`
 */
export async function readDataset(file: string): Promise<readonly DatasetQuestion[]> {
  const rows = await rowsOf(file);
  if (rows.length === 0) throw new AgenticRagError("settings-invalid", `${file} has no rows.`);
  const read = readQuestions(rows);
  if ("message" in read) {
    const what =
      read.row === 0 ? `${file} is no data set that is known.` : `Row ${read.row} of ${file} cannot be read.`;
    throw new AgenticRagError(
      "settings-invalid",
      `${what} ${read.message} Give it a field question, and golden_answers where they are known.`,
    );
  }
  const seen = new Set<string>();
  return read.map(({ id, golden, ...told }, index) => {
    let group = id ?? String(index);
    while (seen.has(group)) group += `#${index}`;
    seen.add(group);
    // an empty cell is no answer
    const known = golden?.filter((answer) => answer.trim() !== "");
    const isKnown = known !== undefined && (known.length > 0 || golden?.length === 0);
    return { ...told, group, index, ...(isKnown && { goldenAnswers: known }) };
  });
}

const listSchema = z.array(z.unknown());
/** Some publish their rows as a list under a name. */
const underNameSchema = z.union([
  z.object({ Data: listSchema }).transform(({ Data }) => Data),
  z.object({ data: listSchema }).transform(({ data }) => data),
]);

async function rowsOf(file: string): Promise<readonly unknown[]> {
  try {
    const read = await readFile(file);
    const bytes = read[0] === 0x1f && read[1] === 0x8b ? await promisify(gunzip)(read) : read;
    if (bytes.subarray(0, 4).toString("latin1") === "PAR1") {
      const { buffer, byteOffset, byteLength } = new Uint8Array(bytes);
      return await parquetReadObjects({
        file: buffer.slice(byteOffset, byteOffset + byteLength),
        compressors,
      });
    }
    const decoded = decodeBytes(bytes);
    if (decoded === undefined || decoded.broken > 0) throw new Error("it is no text");
    return textRows(decoded.text, file);
  } catch (cause) {
    if (AgenticRagError.isInstance(cause)) throw cause;
    throw new AgenticRagError(
      "settings-invalid",
      `${file} cannot be read as a data set. Give a file of JSON, JSON lines, CSV, TSV or Parquet; unpack archives.`,
      { cause },
    );
  }
}

function textRows(text: string, file: string): readonly unknown[] {
  const [first = ""] = text.trimStart();
  if (first !== "[" && first !== "{") {
    const [head = ""] = text.trimStart().split("\n", 1);
    return Papa.parse(text, { header: true, skipEmptyLines: "greedy", delimiter: delimiterOf(head) }).data;
  }
  const whole = parseJson(text);
  const list = listSchema.safeParse(whole).data ?? underNameSchema.safeParse(whole).data;
  if (list !== undefined) return list;
  if (whole !== undefined) return [whole];
  return text.split("\n").flatMap((line, at) => {
    if (line.trim() === "") return [];
    const row = parseJson(line);
    if (row !== undefined) return [row];
    throw new AgenticRagError(
      "settings-invalid",
      `Line ${at + 1} of ${file} is no JSON, as if it were cut off. Mend or remove it.`,
    );
  });
}

/** What stands between the names of a head: a tab where there is one, else the sign that is there most often. */
function delimiterOf(head: string): string {
  if (head.includes("\t")) return "\t";
  const count = (sign: string): number => head.split(sign).length;
  return [",", ";", "|"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
