import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { createGgufModel } from "../../src/model/gguf/gguf.ts";
import { doctor } from "../cli/doctor/run.ts";
import { createStage } from "../cli/surroundings.ts";
import { temporaryFolder } from "../cli/temporary-folder.ts";
import { notHere } from "../model/gguf/here.ts";
import { noteEngineCalls } from "./engine-calls.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER, type LlamaServer } from "./llama-server.ts";
import { askFive, askReal, GREEDY } from "./real-agent.ts";
import { ADAPTER, ARTICLES, MODEL, QUESTIONS, WHY_NO_WEIGHTS } from "./real-questions.ts";

const skipped = WHY_NO_WEIGHTS ?? WHY_NO_LLAMA_SERVER;
const why = skipped === undefined ? "" : ` (${skipped})`;
const TIMEOUT = { timeout: 300_000 };

/** No two tokens of its answer are about as likely, so that every processor draws the same ones. */
const TWO_STEPS = "Tell me the product of the builder of Star of Cressmouth.";
const FOUND_IN_TWO_STEPS = {
  answer:
    "lanterns [[1]](https://wiki.example.org/star-of-cressmouth)[[2]](https://wiki.example.org/palder-works).",
  answered: true,
  stopReason: "answered",
  queries: [{ query: "Star of Cressmouth builder" }, { query: "Palder Works product" }],
  sources: [{ title: "Star of Cressmouth" }, { title: "Palder Works" }, { title: "Kelra Valmont" }],
  citations: [
    { number: 1, verdict: "unsupported" },
    { number: 2, verdict: "partly", citedText: "Palder Works makes lanterns." },
  ],
};

async function run(args: readonly string[], environment: Record<string, string>, folder: string) {
  const stage = createStage({ environment, folder });
  const exitCode = await runProgram(args, stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err() };
}

describe.skipIf(skipped !== undefined)(
  `a real llama-server with a model that searches${why}`,
  TIMEOUT,
  () => {
    let server: LlamaServer;
    beforeAll(async () => {
      server = await startLlamaServer({ model: MODEL, lora: ADAPTER });
    });
    afterAll(() => server.close());

    test("probe, doctor and ask go through with it", async () => {
      const environment = { AGENTIC_RAG_MODEL_URL: server.url, AGENTIC_RAG_TEMPERATURE: "0" };
      const folder = await temporaryFolder();
      for (const { title, text } of ARTICLES) await writeFile(join(folder, `${title}.txt`), text);
      const probed = await run(["probe", "--json"], environment, folder);
      expect(JSON.parse(probed.out)).toMatchObject({
        choice: { family: "completions", dialect: "llamacpp" },
      });
      const checked = await doctor(environment, { folder });
      expect(checked.out).toContain("ok       trial call: the model searches when it is asked to\n");
      expect(checked.out).toContain("warning  context: 8,192 tokens. ");
      expect((await run(["index", "."], {}, folder)).exitCode).toBe(0);
      const question = "What does Palder Works make?";
      const asked = await run(
        ["ask", "--json", "--docs", ".", "--max-results", "2", question],
        environment,
        folder,
      );
      expect(JSON.parse(asked.out)).toMatchObject({
        answer: "lanterns [1].",
        answered: true,
        searches: 1,
        sources: expect.arrayContaining([expect.objectContaining({ number: 1, title: "Palder Works" })]),
      });
      expect(asked.exitCode).toBe(0);
    });

    test("two searches in one turn: each step evaluates what was spliced and no more", async () => {
      const calls = noteEngineCalls();
      const { fetch } = calls;
      const model = createCompletionsModel({
        baseUrl: server.url,
        modelName: "small",
        sampling: GREEDY,
        fetch,
      });
      expect(await askReal(model, TWO_STEPS)).toMatchObject(FOUND_IN_TWO_STEPS);
      const [first, second, third] = await calls.counts();
      // the last token that was drawn is the first of the next prompt that is evaluated
      const kept = (count = first) => count!.cached + count!.evaluated + count!.drawn - 1;
      expect([second!.cached, third!.cached]).toEqual([kept(first), kept(second)]);
    });

    // last: what is kept of earlier prompts changes how the next one is rounded
    test("five questions are answered, with one search and with two, and cited", async () => {
      const model = createCompletionsModel({ baseUrl: server.url, modelName: "small", sampling: GREEDY });
      const right = await askFive(model, QUESTIONS);
      expect([right.length, new Set(right.map(({ searches }) => searches))]).toEqual([5, new Set([1, 2])]);
    });
  },
);

describe.skipIf(skipped !== undefined)(
  `a real llama-server with a model that does not search${why}`,
  TIMEOUT,
  () => {
    test("where the context is too small for the question, it is said", async () => {
      await using server = await startLlamaServer({ model: MODEL, context: 512 });
      const folder = await temporaryFolder();
      const environment = { AGENTIC_RAG_MODEL_URL: server.url, AGENTIC_RAG_TEMPERATURE: "0" };
      const asked = await run(["ask", "--json", "What does Palder Works make?"], environment, folder);
      expect(JSON.parse(asked.out)).toMatchObject({
        answered: false,
        stopReason: "model-error",
        failure: {
          code: "model-context-overflow",
          message: expect.stringMatching(
            /exceeds the available context size \(512 tokens\).* serve a longer context\.$/,
          ),
        },
      });
      expect(asked.exitCode).toBe(1);
    });
  },
);

const noGguf = WHY_NO_WEIGHTS ?? (notHere === "" ? undefined : notHere);

describe.skipIf(noGguf !== undefined)(
  `a GGUF file with an adapter${noGguf === undefined ? "" : ` (${noGguf})`}`,
  TIMEOUT,
  () => {
    test("answers five questions in this process, with one search and with two, and cites", async () => {
      const file = { modelPath: MODEL, lora: ADAPTER, sampling: GREEDY };
      await using model = createGgufModel({ ...file, threads: 1, contextSize: 8192, gpu: false });
      const right = await askFive(model, QUESTIONS);
      expect([right.length, new Set(right.map(({ searches }) => searches))]).toEqual([5, new Set([1, 2])]);
    });
  },
);
