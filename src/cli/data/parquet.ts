import type { SchemaElement } from "hyparquet-writer";
import { fileWriter, parquetWriteRows } from "hyparquet-writer";
import type { Row, RowForm } from "../../trajectory/rows.ts";

/** A column: its elements in Parquet's flat order. */
type Column = readonly SchemaElement[];

const text = (name: string): Column => [
  { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
];
const integer = (name: string): Column => [{ name, type: "INT32", repetition_type: "OPTIONAL" }];
const real = (name: string): Column => [{ name, type: "DOUBLE", repetition_type: "OPTIONAL" }];
const group = (name: string, ...columns: readonly Column[]): Column => [
  { name, num_children: columns.length, repetition_type: "OPTIONAL" },
  ...columns.flat(),
];
const list = (name: string, element: Column): Column => [
  { name, num_children: 1, repetition_type: "OPTIONAL", converted_type: "LIST" },
  { name: "list", num_children: 1, repetition_type: "REPEATED" },
  ...element,
];

const MESSAGES = (name: string): Column => list(name, group("element", text("role"), text("content")));
const IDS = (name: string): Column => list(name, integer("element"));
const LOGPROBS = (name: string): Column => list(name, real("element"));
const REST: readonly Column[] = [
  text("group_id"),
  text("rollout_id"),
  text("stop_reason"),
  text("data_source"),
  group("sampled_by", text("model"), real("temperature"), real("seed")),
  group("extra_info", text("question"), integer("index"), text("raw_answer")),
];

/** The columns of the forms that are flat enough for Parquet. */
const COLUMNS: Partial<Record<RowForm, readonly Column[]>> = {
  "verl-parquet": [
    text("id"),
    text("question"),
    list("golden_answers", text("element")),
    text("data_source"),
    MESSAGES("prompt"),
    text("ability"),
    group("reward_model", text("style"), group("ground_truth", list("target", text("element")))),
    group("extra_info", text("split"), integer("index")),
  ],
  tokens: [
    IDS("prompt_ids"),
    IDS("response_ids"),
    IDS("response_mask"),
    LOGPROBS("response_logprobs"),
    real("reward"),
    real("advantage"),
    ...REST,
  ],
  "trl-rollout": [
    IDS("prompt_ids"),
    IDS("completion_ids"),
    LOGPROBS("logprobs"),
    IDS("env_mask"),
    real("reward"),
    ...REST,
  ],
};

/** Whether rows of a form can be written as Parquet. */
export function fitsParquet(form: RowForm): boolean {
  return COLUMNS[form] !== undefined;
}

/** Writes rows of a form to a file, a group of them at a time. */
export async function writeParquet(file: string, form: RowForm, rows: AsyncIterable<Row>): Promise<void> {
  const columns = COLUMNS[form] ?? [];
  const names = columns.flatMap(([first]) => (first === undefined ? [] : [{ name: first.name }]));
  const schema: SchemaElement[] = [{ name: "root", num_children: names.length }, ...columns.flat()];
  const copied = mapped(rows, (row) => ({ ...row }));
  await parquetWriteRows({
    writer: fileWriter(file),
    rows: copied,
    columns: names,
    schema,
    rowGroupSize: 1000,
  });
}

async function* mapped<From, To>(items: AsyncIterable<From>, make: (item: From) => To): AsyncGenerator<To> {
  for await (const item of items) yield make(item);
}
