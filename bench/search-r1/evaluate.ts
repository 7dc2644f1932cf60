import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { exactMatch, lastAnswer, substringMatch, wordF1 } from "../../src/eval/match.ts";

/**
 * Scores the recorded runs of Search-R1's public checkpoints anew, and compares each figure with the one recorded beside it.
 *
 *   git clone https://github.com/GaurisankarJ/reason_over_search && git -C reason_over_search checkout 45495b5
 *   npm run evaluate:search-r1 -- reason_over_search/evaluation_search_r1/results
 */
const runSchema = z.object({
  golden_answers: z.array(z.string()),
  output: z.object({
    final_response: z.string(),
    pred: z.string(),
    metric_score: z.object({ em: z.number(), acc: z.number(), f1: z.number() }),
  }),
});
const scoresSchema = z.object({ em: z.coerce.number(), acc: z.coerce.number(), f1: z.coerce.number() });

interface Compared {
  readonly name: string;
  readonly runs: number;
  readonly scores: z.infer<typeof scoresSchema>;
  /** What differs from what was recorded. */
  readonly differences: readonly string[];
}

/** A file of runs and the figures beside it. */
function compare(file: string): Compared {
  const runs = z.array(runSchema).parse(JSON.parse(readFileSync(file, "utf8")));
  const differences: string[] = [];
  let [em, acc, f1] = [0, 0, 0];
  for (const [at, { golden_answers: golden, output }] of runs.entries()) {
    const answer = lastAnswer(output.final_response) ?? "";
    const own = {
      em: exactMatch(answer, golden),
      acc: substringMatch(answer, golden),
      f1: wordF1(answer, golden),
    };
    if (answer !== output.pred) differences.push(`run ${at}: answer ${JSON.stringify(answer)}`);
    for (const name of ["em", "acc", "f1"] as const) {
      if (own[name] !== output.metric_score[name]) differences.push(`run ${at}: ${name} ${own[name]}`);
    }
    [em, acc, f1] = [em + own.em, acc + own.acc, f1 + own.f1];
  }
  const scores = { em: em / runs.length, acc: acc / runs.length, f1: f1 / runs.length };
  const lines = readFileSync(join(dirname(file), "metric_score.txt"), "utf8")
    .trim()
    .split("\n");
  const recorded = scoresSchema.parse(Object.fromEntries(lines.map((line) => line.split(":"))));
  for (const name of ["em", "acc", "f1"] as const) {
    if (scores[name] !== recorded[name])
      differences.push(`${name} ${scores[name]}, recorded ${recorded[name]}`);
  }
  return { name: basename(dirname(file)), runs: runs.length, scores, differences };
}

const [folder] = process.argv.slice(2);
if (folder === undefined || !existsSync(folder)) {
  console.error("Name the folder with the recorded runs: npm run evaluate:search-r1 -- <folder>");
  process.exit(2);
}
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => basename(path) === "intermediate_data.json")
  .map((path) => join(folder, path))
  // where a clone has left the large ones out
  .filter((file) => readFileSync(file).length > 0)
  .sort();
const compared = files.map(compare);
for (const { name, runs, scores, differences } of compared) {
  const said =
    differences.length === 0
      ? "as recorded"
      : `${differences.length} differ: ${differences.slice(0, 5).join("; ")}`;
  console.log(`${name}: ${runs} runs, em ${scores.em}, acc ${scores.acc}, f1 ${scores.f1}, ${said}`);
}
const all = compared.reduce((sum, { runs }) => sum + runs, 0);
const differing = compared.filter(({ differences }) => differences.length > 0).length;
console.log(`${all} runs in ${compared.length} files, ${differing} of these differ.`);
process.exit(all > 0 && differing === 0 ? 0 : 1);
