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

/** An id as it is in JSON, CSV or Parquet; a blank one is none. */
export const idField = z
  .union([z.string().regex(/\S/), z.number(), z.bigint()])
  .transform(String)
  .optional()
  .catch(undefined);

/** A yes or no as it is in JSON, CSV or Parquet. */
export const flagField = z
  .union([z.boolean(), z.stringbool(), z.literal([0, 1]).transform(Boolean)])
  .optional()
  .catch(undefined);

/**
 * Answers that are all right: one; a list, which a cell may hold as JSON or as Python writes it; an object that has them under
 * names such as `value`, `text` and `aliases`; or lists of these. A truth value is `yes` or `no`.
 */
export const answersField = z
  .union([
    z.string(),
    z.number(),
    z.bigint(),
    z.boolean(),
    z.array(z.unknown()),
    z.record(z.string(), z.unknown()),
  ])
  .transform((value, context) => {
    const answers = typeof value === "string" ? listed(value) : answersIn(value);
    if (answers !== undefined) return answers;
    context.addIssue({ code: "custom", message: "holds no answers" });
    return z.NEVER;
  });

/** Under which names an object has answers, without signs and in lower case. */
const ANSWER_NAMES: readonly string[] = [
  "value",
  "text",
  "answer",
  "answers",
  "aliases",
  "normalizedaliases",
  "humananswers",
];

/** `undefined` for what is no answer, nor has any. */
function answersIn(value: unknown): readonly string[] | undefined {
  if (value == null) return [];
  if (typeof value === "string") return [value];
  if (typeof value === "number" || typeof value === "bigint") return [String(value)];
  if (typeof value === "boolean") return value ? ["yes", "true"] : ["no", "false"];
  if (Array.isArray(value)) {
    const read = value.map(answersIn).filter((answers) => answers !== undefined);
    return read.length === 0 && value.length > 0 ? undefined : read.flat();
  }
  const held = Object.entries(value).filter(([name]) =>
    ANSWER_NAMES.includes(name.toLowerCase().replaceAll(/[^a-z]/g, "")),
  );
  return held.length === 0 ? undefined : answersIn(held.map(([, inner]) => inner));
}

/** A list or an object that a cell holds as JSON, or a list as Python or NumPy writes it, or else the one text that it is. */
export function listed(cell: string): readonly string[] {
  if (!/^\s*(?:\[[\s\S]*\]|\{[\s\S]*\})\s*$/.test(cell)) return [cell];
  try {
    return answersIn(JSON.parse(cell)) ?? [cell];
  } catch {
    // no JSON
  }
  return pythonList(cell) ?? [cell];
}

/** Between quoted texts NumPy writes no comma. */
const ITEM =
  /\s*(?:'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"|(-?\d+(?:\.\d+)?)|None|nan)\s*(?:,|(?=['"])|$)/y;

/** The texts and numbers of a Python list; `undefined` where it is none. */
function pythonList(cell: string): readonly string[] | undefined {
  if (!cell.trimStart().startsWith("[")) return undefined;
  const inner = cell.trim().slice(1, -1);
  const items: string[] = [];
  for (let at = 0; at < inner.length; at = ITEM.lastIndex) {
    ITEM.lastIndex = at;
    const found = ITEM.exec(inner);
    if (found === null) return undefined;
    const [, single, double, number] = found;
    const quoted = single ?? double;
    if (quoted !== undefined) items.push(quoted.replaceAll(ESCAPE, unescaped));
    else if (number !== undefined) items.push(number);
  }
  return items;
}

const ESCAPE = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U(000[\dA-Fa-f]{5}|0010[\dA-Fa-f]{4})|([\s\S]))/g;
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function unescaped(_: string, byte?: string, short?: string, long?: string, sign = ""): string {
  const code = byte ?? short ?? long;
  return code === undefined ? (CONTROLS[sign] ?? sign) : String.fromCodePoint(Number.parseInt(code, 16));
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
