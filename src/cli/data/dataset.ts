import { readFile } from "node:fs/promises";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import Papa from "papaparse";
import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import { parseJson } from "../../net/json.ts";

/** A question of a data set. */
export interface DatasetQuestion {
  /** Of its row; another for each. */
  readonly group: string;
  readonly question: string;
  readonly goldenAnswers?: readonly string[];
  readonly source?: string;
  readonly split?: string;
  readonly index: number;
}

const answers = z
  .union([
    z.array(z.coerce.string()),
    z.string().transform(listed),
    z.number().transform((one) => [String(one)]),
  ])
  .nullish();

/** The names that FlashRAG, Search-R1 and verl give these. */
const rowSchema = z.looseObject({
  id: z.union([z.string(), z.number(), z.bigint()]).nullish(),
  question: z.string().nullish(),
  golden_answers: answers,
  answers,
  answer: answers,
  data_source: z.string().nullish(),
  prompt: z.union([z.string(), z.array(z.looseObject({ role: z.string(), content: z.string() }))]).nullish(),
  reward_model: z
    .looseObject({
      ground_truth: z.union([z.looseObject({ target: answers }).transform(({ target }) => target), answers]),
    })
    .nullish(),
  extra_info: z.looseObject({ split: z.string().nullish() }).nullish(),
});

/**
 * The questions of a JSONL, CSV or Parquet file, in order.
 *
 * @throws AgenticRagError `settings-invalid`
 */
export async function readDataset(file: string): Promise<readonly DatasetQuestion[]> {
  const seen = new Set<string>();
  return (await rowsOf(file)).map((row, index) => {
    const read = rowSchema.safeParse(row);
    const found = read.success ? toQuestion(read.data, index) : undefined;
    if (found === undefined) {
      throw new AgenticRagError(
        "settings-invalid",
        `Row ${index + 1} of ${file} has no question. Give it a field question, and golden_answers where they are known.`,
      );
    }
    const group = seen.has(found.group) ? `${found.group}#${index}` : found.group;
    seen.add(group);
    return { ...found, group };
  });
}

function toQuestion(row: z.infer<typeof rowSchema>, index: number): DatasetQuestion | undefined {
  const { id, data_source: source, extra_info: extra, prompt, reward_model: reward } = row;
  const asked = Array.isArray(prompt) ? prompt.findLast(({ role }) => role === "user")?.content : prompt;
  const question = (row.question ?? asked ?? "").trim();
  if (question === "") return undefined;
  const golden = row.golden_answers ?? row.answers ?? row.answer ?? reward?.ground_truth;
  return {
    group: String(id ?? index),
    question,
    index,
    ...(golden != null && { goldenAnswers: golden }),
    ...(source != null && { source }),
    ...(extra?.split != null && { split: extra.split }),
  };
}

/** A list that a CSV cell holds as JSON, or else the one answer that it is. */
function listed(text: string): readonly string[] {
  const list = z.array(z.coerce.string()).safeParse(parseJson(text));
  return list.success ? list.data : [text];
}

async function rowsOf(file: string): Promise<readonly unknown[]> {
  try {
    if (file.endsWith(".parquet")) {
      return await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
    }
    const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
    if (/\.[ct]sv$/.test(file)) return Papa.parse(text, { header: true, skipEmptyLines: "greedy" }).data;
    const whole = text.trimStart().startsWith("[") ? parseJson(text) : undefined;
    if (Array.isArray(whole)) return whole;
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => parseJson(line));
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      `${file} cannot be read as a data set. Give a file of JSON lines, CSV or Parquet.`,
      { cause },
    );
  }
}
