import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { createGgufModel } from "../../src/model/gguf/gguf.ts";
import type { ContinuationModel } from "../../src/model/model.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "./llama-server.ts";
import { askReal, GREEDY, isRight } from "./real-agent.ts";
import { ADAPTER, MODEL, QUESTIONS, WHY_NO_WEIGHTS } from "./real-questions.ts";

/** Asks a small trained model ten questions, through llama-server and in this process, and prints what came of them. */
const missing = WHY_NO_WEIGHTS ?? WHY_NO_LLAMA_SERVER;
if (missing !== undefined) {
  console.error(missing);
  process.exit(1);
}

async function askAll(name: string, model: ContinuationModel): Promise<number> {
  let right = 0;
  for (const each of QUESTIONS) {
    const { question } = each;
    const run = await askReal(model, question);
    const wasRight = isRight(run, each);
    if (wasRight) right += 1;
    console.log(
      `${wasRight ? "right" : "WRONG"}  ${name}  ${run.searches} searches  ${question}  ${run.answer}`,
    );
  }
  console.log(`${name}: ${right} of ${QUESTIONS.length} right, as often searched as needed, and cited.`);
  return right;
}

await using server = await startLlamaServer({ model: MODEL, lora: ADAPTER });
await askAll(
  "llama-server",
  createCompletionsModel({ baseUrl: server.url, modelName: "small", sampling: GREEDY }),
);
await using inProcess = createGgufModel({
  modelPath: MODEL,
  lora: ADAPTER,
  sampling: GREEDY,
  threads: 1,
  contextSize: 8192,
  gpu: false,
});
await askAll("gguf", inProcess);
