import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgenticRagError } from "../src/errors.ts";
import { createAgenticRag } from "../src/graph/graph.ts";
import { createGgufModel, type GgufModel } from "../src/model/gguf/gguf.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type ModelUsage,
  type PromptMessage,
} from "../src/model/model.ts";
import { qwq } from "../src/protocol/qwq/qwq.ts";
import type { SearchEngine } from "../src/search/engine.ts";
import { script } from "../test/engine/scenario.ts";
import { createTinyGguf } from "../test/engine/tiny-gguf.ts";
import { openScratch } from "./scratch.ts";

const QUESTION = "How does a prompt cache find a prefix?";
const RESULTS = 5;

/**
 * How much of each prompt a model in this process has evaluated before: for a run that goes on from the tokens of its
 * last step, and for one that renders the whole turn again and has it tokenised anew. The model's tags are split over
 * tokens that text does not bring back, as it happens with real models.
 */
export async function benchGgufReuse(print: (line: string) => void): Promise<void> {
  print("tokens of each step's prompt that were evaluated before (a scripted GGUF file in this process)");
  using folder = openScratch("gguf");
  const modelPath = join(folder.path, "scripted.gguf");
  writeFileSync(modelPath, createTinyGguf(script));
  try {
    const continued = await runOn(modelPath, true);
    const rendered = await runOn(modelPath, false);
    print(row("step", "from tokens", "rendered again"));
    for (const [at, step] of continued.entries()) {
      print(row(String(at + 1), reuse([step]), reuse(rendered.slice(at, at + 1))));
    }
    print(row("all", reuse(continued), reuse(rendered)));
    print(row("evaluated", String(evaluated(continued)), String(evaluated(rendered))));
  } catch (error) {
    if (!AgenticRagError.isInstance(error) || error.code !== "dependency-missing") throw error;
    print(`skipped: ${error.message}`);
  }
}

/** What each step of one question came to, on a model that has seen nothing before. */
async function runOn(modelPath: string, fromTokens: boolean): Promise<readonly ModelUsage[]> {
  const model = createGgufModel({ modelPath, gpu: false, threads: 1 });
  const client = new Client(model, fromTokens);
  try {
    const agent = createAgenticRag({ protocol: qwq, model: client, engine: pages });
    await agent.invoke({ question: QUESTION });
    return client.steps;
  } finally {
    await model.dispose();
  }
}

class Client extends ContinuationModel {
  readonly family = "gguf";
  readonly modelName: string;
  readonly steps: ModelUsage[] = [];
  readonly #model: GgufModel;
  readonly #fromTokens: boolean;

  constructor(model: GgufModel, fromTokens: boolean) {
    super({});
    this.modelName = model.modelName;
    this.#model = model;
    this.#fromTokens = fromTokens;
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    { turn = [], ...options }: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    const request = this.#fromTokens ? { ...options, turn } : options;
    for await (const chunk of this.#model.continueText(messages, request)) {
      if (chunk.type === "end") this.steps.push(chunk.usage);
      yield chunk;
    }
  }
}

const pages: SearchEngine = {
  name: "pages",
  search: (query) =>
    Promise.resolve({
      status: "found",
      results: Array.from({ length: RESULTS }, (_none, at) => ({
        title: `Page ${at + 1} about ${query}`,
        url: `https://example.org/${at + 1}/${encodeURIComponent(query)}`,
        text: `What page ${at + 1} says about ${query}. `.repeat(8),
      })),
    }),
};

function reuse(steps: readonly ModelUsage[]): string {
  const prompts = steps.reduce((sum, { promptTokens = 0 }) => sum + promptTokens, 0);
  const reused = prompts - evaluated(steps);
  return `${reused}/${prompts} (${((100 * reused) / prompts).toFixed(1)} %)`;
}

function evaluated(steps: readonly ModelUsage[]): number {
  return steps.reduce((sum, { promptTokens = 0, cachedTokens = 0 }) => sum + promptTokens - cachedTokens, 0);
}

function row(...[first = "", ...rest]: readonly string[]): string {
  return first.padEnd(10) + rest.map((cell) => cell.padStart(22)).join("");
}
