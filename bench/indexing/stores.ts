import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIndex } from "../../src/search/local/index-builder.ts";
import type { BuiltFrom } from "../../src/search/local/index-build.ts";
import type { DocumentIndex } from "../../src/search/local/local-index.ts";
import { buildPostgresIndex } from "../../src/search/local/postgres/postgres.ts";
import { startPostgres } from "../../test/servers/postgres.ts";
import { createRandom, createZipf } from "../seeded-text.ts";

const PASSAGES_OF_FILE = 100;
const WORDS_OF_PASSAGE = 150;
const WORDS = 50_000;
const QUESTIONS = 200;
const WORDS_OF_QUESTION = 4;
const SEED = 20;

const print = (line: string): void => console.log(line);

/** The same passages in a file and in PostgreSQL: time and size of the build, time of a question, and whether both find the same. */
async function main(passages: number): Promise<void> {
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
    const inFile = await measure("SQLite", () => buildIndex({ folder: scratch, file }), questions);
    const inDatabase = await measure(
      "PostgreSQL",
      () => buildPostgresIndex({ folder: scratch, address: server.url }),
      questions,
    );
    const same = inFile.filter((found, at) => found === inDatabase[at]).length;
    print(`the same top 10: ${same} of ${QUESTIONS}`);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** What is found for each question, as text. */
async function measure(
  name: string,
  build: () => Promise<BuiltFrom<DocumentIndex>>,
  questions: readonly string[],
): Promise<readonly string[]> {
  const { index, report } = await build();
  const found: string[] = [];
  const times: number[] = [];
  for (const question of questions) {
    const begun = performance.now();
    found.push(JSON.stringify(await index.rank((await index.respell(question)).text, 10)));
    times.push(performance.now() - begun);
  }
  await index.close();
  times.sort((a, b) => a - b);
  const at = (part: number): string => (times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(1);
  print(
    `${name}: ${report.passages} passages in ${(report.ms / 1_000).toFixed(1)} s, ${(report.bytes / 1e6).toFixed(0)} MB; a question p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  );
  return found;
}

await main(Number(process.argv[2] ?? 100_000));
