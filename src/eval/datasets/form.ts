import { z } from "zod";

/** A question of a data set, as its row tells it. */
export interface PublishedQuestion {
  readonly id?: string;
  readonly question: string;
  /** Each of them is right; absent where the row tells none. */
  readonly golden?: readonly string[];
  /** False: nothing answers it, so that refusing is right. */
  readonly answerable?: boolean;
  /** Titles or addresses of the documents that hold the answer. */
  readonly evidence?: readonly string[];
  /** The data set. */
  readonly source?: string;
  readonly split?: string;
}

/** How the rows of a published file are written. */
export interface DatasetForm {
  /** Who publishes such files. */
  readonly name: string;
  /** The fields that it is known by, in words. */
  readonly fields: string;
  /** `undefined` for a row of another form. */
  read(row: unknown): PublishedQuestion | undefined;
}

/** A form whose rows a schema describes. */
export function createForm<Row>(
  name: string,
  fields: string,
  schema: z.ZodType<Row>,
  toQuestion: (row: Row) => PublishedQuestion | undefined,
): DatasetForm {
  return {
    name,
    fields,
    read(row) {
      const read = schema.safeParse(row);
      return read.success ? toQuestion(read.data) : undefined;
    },
  };
}

/** An id as it is in JSON, CSV or Parquet. */
export const idField = z
  .union([z.string(), z.number(), z.bigint()])
  .transform(String)
  .optional()
  .catch(undefined);

const words = z.union([z.string(), z.number(), z.bigint()]).transform(String);

/** An answer, or a list of answers that are all right; a cell may hold the list as JSON or as Python writes it. */
export const answersField = z.union([z.array(words), words.transform(listed)]);

/** A list that a cell holds as JSON or as Python writes it, or else the one text that it is. */
export function listed(cell: string): readonly string[] {
  if (!/^\s*\[[\s\S]*\]\s*$/.test(cell)) return [cell];
  try {
    const list = z.array(words).safeParse(JSON.parse(cell));
    if (list.success) return list.data;
  } catch {
    // no JSON
  }
  return pythonList(cell) ?? [cell];
}

const QUOTED = /\s*(?:'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)")\s*(,|$)/y;

/** The strings of a Python list; `undefined` where it is none. */
function pythonList(cell: string): readonly string[] | undefined {
  const inner = cell.trim().slice(1, -1);
  const strings: string[] = [];
  for (let at = 0; at < inner.length; at = QUOTED.lastIndex) {
    QUOTED.lastIndex = at;
    const found = QUOTED.exec(inner);
    if (found === null) return undefined;
    strings.push((found[1] ?? found[2] ?? "").replaceAll(/\\(['"\\])/g, "$1"));
  }
  return strings;
}

/** Each once, without those that say nothing. */
export function distinct(texts: readonly (string | null | undefined)[]): readonly string[] {
  return [...new Set(texts.filter((text) => text != null && text.trim() !== ""))].flatMap(
    (text) => text ?? [],
  );
}

/** The titles of the facts that support an answer: pairs of title and sentence, or the columns that these are in Parquet. */
export const supportingFacts = z.union([
  z.array(z.tuple([z.string(), z.unknown()])).transform((facts) => distinct(facts.map(([title]) => title))),
  z.looseObject({ title: z.array(z.string()) }).transform(({ title }) => distinct(title)),
]);
