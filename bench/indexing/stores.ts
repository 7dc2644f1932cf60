import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildIndex } from "../../src/search/local/index-builder.ts";
import type { BuiltFrom } from "../../src/search/local/index-build.ts";
import type { DocumentIndex } from "../../src/search/local/local-index.ts";
import { buildPostgresIndex } from "../../src/search/local/postgres/postgres.ts";
import { quantile } from "../../src/eval/statistics.ts";
import { startPostgres } from "../../test/servers/postgres.ts";
import { createRandom, createZipf } from "../seeded-text.ts";

const PASSAGES_OF_FILE = 100;
const WORDS_OF_PASSAGE = 150;
const WORDS = 50_000;
const QUESTIONS = 200;
const WORDS_OF_QUESTION = 4;
const SEED = 20;
const DOCUMENT = fileURLToPath(new URL("../../docs/documents.md", import.meta.url));
const TABLE = /(<!-- stores -->\n).*(?=<!-- end of stores -->)/su;

/** A built index, and what it did with the questions. */
interface Measured extends BuiltFrom<DocumentIndex> {
  /** What it found for each question, as text. */
  readonly found: string[];
  /** Of each question, in milliseconds. */
  readonly times: number[];
}

/** The same passages in a file and in PostgreSQL: time and size of the build, time of a question, and whether both find the same. */
async function main(passages: number, writes: boolean): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "bench-stores-"));
  await using server = await startPostgres();
  try {
    const word = createZipf(WORDS, createRandom(SEED));
    const text = (count: number): string => Array.from({ length: count }, word).join(" ");
    for (let file = 0; file < passages / PASSAGES_OF_FILE; file++) {
      const paragraphs = Array.from({ length: PASSAGES_OF_FILE }, () => text(WORDS_OF_PASSAGE));
      writeFileSync(join(scratch, `${file}.txt`), paragraphs.join("\n\n"));
    }
    const questions = Array.from({ length: QUESTIONS }, () => text(WORDS_OF_QUESTION));
    const file = join(scratch, ".index.sqlite");
    const inFile = measured(await buildIndex({ folder: scratch, file }));
    const inDatabase = measured(await buildPostgresIndex({ folder: scratch, address: server.url }));
    // by turns, so that what else the machine does falls on both
    for (const question of questions) for (const store of [inFile, inDatabase]) await ask(store, question);
    for (const { index } of [inFile, inDatabase]) await index.close();
    const same = inFile.found.filter((found, at) => found === inDatabase.found[at]).length;
    const lines = [
      `| ${inFile.report.passages.toLocaleString("en-US")} passages | build | size | a question, p50 | p99 |`,
      "| --- | ---: | ---: | ---: | ---: |",
      row("a file (SQLite)", inFile),
      row("PostgreSQL on the same machine", inDatabase),
      "",
      `The same 10 results in the same order: ${same} of ${QUESTIONS} questions. ${cpus().length} cores, with a load of ${loadavg()[1]?.toFixed(1)} meanwhile.`,
    ];
    console.log(lines.join("\n"));
    if (!writes) return;
    const told = readFileSync(DOCUMENT, "utf8");
    writeFileSync(
      DOCUMENT,
      told.replace(TABLE, (_, begin: string) => `${begin}\n${lines.join("\n")}\n\n`),
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function measured(built: BuiltFrom<DocumentIndex>): Measured {
  return { ...built, found: [], times: [] };
}

async function ask({ index, found, times }: Measured, question: string): Promise<void> {
  const begun = performance.now();
  found.push(JSON.stringify(await index.rank((await index.respell(question)).text, 10)));
  times.push(performance.now() - begun);
}

function row(name: string, { report, times }: Measured): string {
  const at = (part: number): string => `${quantile(times, part).toFixed(1)} ms`;
  const build = `${(report.ms / 1_000).toFixed(0)} s`;
  return `| ${name} | ${build} | ${(report.bytes / 1e6).toFixed(0)} MB | ${at(0.5)} | ${at(0.99)} |`;
}

const { values, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false } },
  allowPositionals: true,
});
await main(Number(positionals[0] ?? 100_000), values.write);
