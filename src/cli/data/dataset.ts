import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import Papa from "papaparse";
import { z } from "zod";
import { AgenticRagError, codeOf } from "../../errors.ts";
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
  if (rows.some((row) => runSchema.safeParse(row).success)) {
    throw new AgenticRagError(
      "settings-invalid",
      `${file} holds runs, and no data set. eval, view and export take runs as JSON lines, one a line.`,
    );
  }
  const read = readAsList(rows);
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

/** A line of a file of runs. */
export const runSchema = z.looseObject({ format: z.literal("agentic-rag-trajectory") });
const listSchema = z.array(z.unknown());
const recordSchema = z.record(z.string(), z.unknown());

/** Some publish their rows as the one list of an object, or each under its id. */
function readAsList(rows: readonly unknown[]): ReturnType<typeof readQuestions> {
  const read = readQuestions(rows);
  const inner = "message" in read && rows.length === 1 ? rowsWithin(rows[0]) : [];
  const readInner = inner.length === 0 ? read : readQuestions(inner);
  return "message" in readInner && readInner.row === 0 ? read : readInner;
}

function rowsWithin(whole: unknown): readonly unknown[] {
  const values = Object.entries(recordSchema.safeParse(whole).data ?? {});
  const lists = values.flatMap(([, value]) => {
    const list = z.array(recordSchema).safeParse(value).data ?? [];
    return list.length === 0 ? [] : [list];
  });
  if (lists.length > 0) return lists.length === 1 ? lists.flat() : [];
  return values.flatMap(([id, value]) => {
    const row = recordSchema.safeParse(value).data;
    return row === undefined ? [] : [{ id, ...row }];
  });
}

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
    const code = codeOf(cause);
    if (code === "ENOENT") {
      throw new AgenticRagError("settings-invalid", `There is no file ${file}. Give the path of a data set.`);
    }
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
    return tableRows(text, file);
  }
  const whole = parsePythonJson(text);
  if (whole !== undefined) return listSchema.safeParse(whole).data ?? [whole];
  return text.split(/\r\n?|\n/).flatMap((line, at) => {
    if (line.trim() === "") return [];
    const row = parsePythonJson(line);
    if (row !== undefined) return [row];
    throw new AgenticRagError(
      "settings-invalid",
      `Line ${at + 1} of ${file} is no JSON, as if it were cut off. Mend or remove it.`,
    );
  });
}

/** JSON, also with the `NaN` that Python writes for a value that is missing: that is null. */
function parsePythonJson(text: string): unknown {
  const read = parseJson(text);
  if (read !== undefined || !/NaN|Infinity/.test(text)) return read;
  return parseJson(text.replaceAll(STRING_OR_NONE, (found) => (found.startsWith('"') ? found : "null")));
}

const STRING_OR_NONE = /"(?:[^"\\\n]|\\.)*"|-?Infinity|NaN/g;

/** Rows of CSV or TSV. Some write texts that begin with a quote as they are: there a quote is a sign as any other. */
function tableRows(text: string, file: string): readonly unknown[] {
  const [head = ""] = text.trimStart().split(/\r|\n/, 1);
  const options = {
    header: true,
    skipEmptyLines: "greedy",
    delimiter: delimiterOf(head),
    transformHeader: (name: string) => name.trim(),
  } as const;
  const quoted = Papa.parse<unknown>(text, options);
  const broken = quoted.errors.find(({ type }) => type === "Quotes");
  if (broken === undefined) return withoutSurplus(quoted, file);
  const plain = Papa.parse<unknown>(text, { ...options, fastMode: true, transform: unquoted });
  if (plain.errors.length === 0) return plain.data;
  throw new AgenticRagError(
    "settings-invalid",
    `Row ${broken.row ?? 0} of ${file} has a quote that does not close, or that more follows. Write a cell with quotes, line breaks or ${JSON.stringify(options.delimiter)} in it between quotes, and each quote within twice.`,
  );
}

function unquoted(cell: string): string {
  return /^"(?:[^"]|"")*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

/** A row with more cells than the head has names is cut in a wrong place. */
function withoutSurplus({ data, meta }: Papa.ParseResult<unknown>, file: string): readonly unknown[] {
  const surplus = recordSchema.transform((row) => row["__parsed_extra"]);
  const cells = z.array(z.string()).catch([]);
  for (const [at, row] of data.entries()) {
    if (cells.parse(surplus.parse(row)).every((cell) => cell.trim() === "")) continue;
    throw new AgenticRagError(
      "settings-invalid",
      `Row ${at + 1} of ${file} has more cells than its head. Write a cell with ${JSON.stringify(meta.delimiter)} in it between quotes.`,
    );
  }
  return data;
}

/** What stands between the names of a head: a tab where there is one, else the sign that is there most often. */
function delimiterOf(head: string): string {
  if (head.includes("\t")) return "\t";
  const count = (sign: string): number => head.split(sign).length;
  return [",", ";", "|"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
