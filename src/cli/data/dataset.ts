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
    const named = id ?? String(index);
    const group = seen.has(named) ? `${named}#${index}` : named;
    seen.add(group);
    return { ...told, group, index, ...(golden !== undefined && { goldenAnswers: golden }) };
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
    return textRows(new TextDecoder("utf8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      `${file} cannot be read as a data set. Give a file of JSON, JSON lines, CSV, TSV or Parquet; unpack archives.`,
      { cause },
    );
  }
}

function textRows(text: string): readonly unknown[] {
  const [first = ""] = text.trimStart();
  if (first !== "[" && first !== "{") {
    const [head = ""] = text.trimStart().split("\n", 1);
    const delimiter = head.includes("\t") ? "\t" : ",";
    return Papa.parse(text, { header: true, skipEmptyLines: "greedy", delimiter }).data;
  }
  const whole = parseJson(text);
  const list = listSchema.safeParse(whole).data ?? underNameSchema.safeParse(whole).data;
  if (list !== undefined) return list;
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => parseJson(line));
}
