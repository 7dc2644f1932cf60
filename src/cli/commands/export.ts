import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { protocols } from "../../protocol/index.ts";
import { advantagesOf, type GroupedReward } from "../../trajectory/advantages.ts";
import { ROW_FORMS, rowsOf, type Row, type RowForm } from "../../trajectory/rows.ts";
import { lacksEnd, redrawn } from "../../trajectory/tokens.ts";
import { trajectoryJsonSchema, type Trajectory } from "../../trajectory/trajectory.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { openKeptRuns, type KeptRuns } from "../data/kept-runs.ts";
import { openTokenizer, type LocalTokenizer } from "../data/local-tokenizer.ts";
import { fitsParquet, writeParquet } from "../data/parquet.ts";
import { writingTo } from "../data/writing.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { counted } from "../../view/amounts.ts";

/** Writes runs as rows of a form, tells on stderr what has none, and gives the code to end with. */
export async function exportRuns(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, folder } = surroundings;
  const wanted = args.values.get("to");
  if (wanted === "schema") {
    stdout.write(`${JSON.stringify(trajectoryJsonSchema(), undefined, 2)}\n`);
    return EXIT_CODES.answered;
  }
  const form = ROW_FORMS.find((one) => one === wanted);
  if (form === undefined) {
    throw new UsageError(`export needs a form: --to ${[...ROW_FORMS, "schema"].join(", ")}.`);
  }
  const out = args.values.get("out");
  const isParquet = form === "verl-parquet" || out?.endsWith(".parquet") === true;
  if (isParquet && out === undefined) throw new UsageError(`--to ${form} needs a file: --out <file>.`);
  if (isParquet && !fitsParquet(form)) {
    throw new UsageError(
      `--to ${form} is written as JSON lines: name an --out that does not end in .parquet.`,
    );
  }
  const tokenizer = args.values.get("tokenizer");
  const local = tokenizer === undefined ? undefined : await openTokenizer(resolve(folder, tokenizer));
  const count = createCount(local);
  const runs = await openKeptRuns(args, surroundings);
  try {
    const rows = makeRows(runs, form, { local, count });
    if (out === undefined) for await (const row of rows) stdout.write(`${JSON.stringify(row)}\n`);
    else {
      const file = resolve(folder, out);
      await writingTo(file, async () => {
        await mkdir(dirname(file), { recursive: true });
        await (isParquet ? writeParquet(file, form, rows) : writeLines(file, rows));
      });
    }
  } finally {
    await runs.close();
  }
  stderr.write(`${count.words()}\n`);
  return count.rows === 0 ? EXIT_CODES.failed : EXIT_CODES.answered;
}

interface Making {
  readonly local: LocalTokenizer | undefined;
  readonly count: Count;
}

async function* makeRows(runs: KeptRuns, form: RowForm, { local, count }: Making): AsyncGenerator<Row> {
  const rewards: GroupedReward[] = [];
  for await (const { group, reward } of runs.each()) rewards.push({ group, reward });
  const advantages = advantagesOf(rewards);
  const asked = new Set<string>();
  let at = 0;
  for await (const run of runs.each()) {
    const { id, group } = run;
    // by its place: files of several rollouts in one have the same ids
    const advantage = advantages[at];
    at += 1;
    // a question is one row, however many samples it has
    if (form === "verl-parquet" && asked.has(group ?? id)) continue;
    asked.add(group ?? id);
    const side = Object.values(protocols).find(({ name }) => name === run.opening?.protocol)?.nativeSide;
    const made = rowsOf(run, form, {
      side,
      encode: local?.encode,
      endId: local?.end?.id,
      advantage,
    });
    count.add(run, made);
    yield* made.rows;
  }
}

type Count = ReturnType<typeof createCount>;

function createCount(local: LocalTokenizer | undefined) {
  const missing = { failed: 0, messages: 0, ids: 0 };
  let [runs, rows, made, moved, other, drawn, ended] = [0, 0, 0, 0, 0, 0, 0];
  return {
    get rows(): number {
      return rows;
    },
    add(run: Trajectory, found: ReturnType<typeof rowsOf>): void {
      runs += 1;
      rows += found.rows.length;
      if (found.missing !== undefined) missing[found.missing] += 1;
      for (const { madeParts, movedTokens } of found.sequences ?? []) {
        made += madeParts;
        moved += movedTokens;
      }
      if (local === undefined || found.sequences === undefined) return;
      if (lacksEnd(run)) ended += 1;
      const compared = redrawn(run, local.encode);
      other += compared.segments;
      drawn += compared.of;
    },
    words(): string {
      const told = [
        `${counted(runs, "run")}, ${counted(rows, "row")}.`,
        missing.failed > 0 && `${missing.failed} failed before the model wrote anything.`,
        missing.messages > 0 &&
          `${missing.messages} were sent as messages, so that no prompt and no ids are known: --to trl takes them.`,
        missing.ids > 0 &&
          `${missing.ids} lack ids: set AGENTIC_RAG_LOGPROBS=on when they are made, or give --tokenizer.`,
        made > 0 &&
          `${made} parts were tokenised here; ${moved} tokens at their edges would move in one text.`,
        ended > 0 &&
          (local?.end === undefined
            ? `${counted(ended, "turn")} without the token that ends it: put tokenizer_config.json, which names it as eos_token, beside the tokenizer.`
            : `${counted(ended, "turn")} ended by ${JSON.stringify(local.end.text)}, which tokenizer_config.json names as eos_token.`),
        drawn > 0 &&
          `${other} of ${drawn} segments that were drawn are other tokens when their text is tokenised.`,
      ];
      return told.filter((line) => line !== false).join("\n");
    },
  };
}

async function writeLines(file: string, rows: AsyncIterable<Row>): Promise<void> {
  const handle = await open(file, "w");
  try {
    for await (const row of rows) await handle.write(`${JSON.stringify(row)}\n`);
  } finally {
    await handle.close();
  }
}
