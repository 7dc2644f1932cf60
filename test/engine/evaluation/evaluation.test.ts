import { expect, test } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "../../cli/temporary-folder.ts";
import { evaluateWith, GREEDY_OPTIONS, writeWorld } from "./small-model.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "../llama-server.ts";
import { ADAPTER, ARTICLES, MODEL, QUESTIONS, WHY_NO_WEIGHTS } from "../real-questions.ts";

const skipped = WHY_NO_WEIGHTS ?? WHY_NO_LLAMA_SERVER;

const told = z.object({
  runs: z.array(
    z.looseObject({
      name: z.string(),
      runs: z.number(),
      failed: z.number(),
      scores: z.object({ em: z.object({ mean: z.number() }) }).loose(),
    }),
  ),
  comparisons: z.array(z.looseObject({ score: z.string(), pairs: z.number(), losses: z.number() })),
});

test.skipIf(skipped !== undefined)(
  `eval sets a real trained model beside the offline reader${skipped === undefined ? "" : ` (${skipped})`}`,
  { timeout: 300_000 },
  async () => {
    const folder = await temporaryFolder();
    const asked = [0, 1, 2].flatMap((at) => [QUESTIONS[at], QUESTIONS[at + 6]]).flatMap((each) => each ?? []);
    const rows = asked.map(({ question, answer }) => ({ question, golden_answers: [answer] }));
    await writeWorld(folder, ARTICLES, rows);
    await using server = await startLlamaServer({ model: MODEL, lora: ADAPTER });
    const args = ["questions.jsonl", "--out", "runs.jsonl", "--baseline", "offline", "--json"];
    const { exitCode, out, err } = await evaluateWith(folder, [...args, ...GREEDY_OPTIONS], server.url);
    expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
    const { runs, comparisons } = told.parse(JSON.parse(out));
    const [trained, offline] = runs;
    expect(trained).toMatchObject({ name: "runs", runs: 6, failed: 0 });
    // a processor may round other tokens into one or two of the six
    expect([4, 5, 6]).toContain(Math.round((trained?.scores.em.mean ?? 0) * 6));
    expect(offline).toMatchObject({ name: "offline", runs: 6, failed: 0, scores: { em: { mean: 0 } } });
    expect(comparisons.find(({ score }) => score === "em")).toMatchObject({ pairs: 6, losses: 0 });
  },
);
