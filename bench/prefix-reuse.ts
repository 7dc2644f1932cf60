import { MemorySaver } from "@langchain/langgraph";
import { chatmlTemplate } from "../src/model/template/chat-template.ts";
import { createAgenticRag } from "../src/graph/graph.ts";
import type { RunState } from "../src/graph/state.ts";
import { createCompletionsModel } from "../src/model/completions/completions.ts";
import { qwq } from "../src/protocol/qwq/qwq.ts";
import type { SearchEngine } from "../src/search/engine.ts";
import { countTokens, noteEngineCalls, type EngineCount } from "../test/engine/engine-calls.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER } from "../test/engine/llama-server.ts";
import { SAID_TEXTS } from "../test/engine/scenario.ts";

const QUESTION = "How does llama.cpp's prompt cache work?";
const DATE = "2026-11-22";
const RESULTS = 3;
const WORDS = 60;

/**
 * How much of each prompt a real llama-server finds in its cache, over three searches and an answer: for this client by
 * ids and by text, and for one that renders the conversation anew at each step, with each call and each result as a
 * turn of its own and the reasoning before them dropped, as QwQ's chat template does it.
 */
export async function benchPrefixReuse(print: (line: string) => void): Promise<void> {
  if (WHY_NO_LLAMA_SERVER !== undefined) {
    print(`prefix reuse: skipped, ${WHY_NO_LLAMA_SERVER}`);
    return;
  }
  print("prefix reuse on llama-server: tokens from the cache / tokens of the prompt, at each step");
  const byIds = await runAgent("llamacpp");
  const byText = await runAgent("generic");
  const anew = await runRenderingAnew(byIds.splices);
  print(row("continued by ids", byIds.counts));
  print(row("continued by text", byText.counts));
  print(row("rendered anew", anew));
  const besides = (counts: readonly EngineCount[]): number => evaluatedLater(counts) - byIds.spliced;
  print(
    `evaluated after the first step, besides the ${byIds.spliced} tokens of the results: ` +
      `${besides(byIds.counts)} by ids, ${besides(byText.counts)} by text, ` +
      `${besides(anew)} rendered anew (without the model's reasoning, which is not in that prompt)`,
  );
}

/** Three results of some sentences for each query. */
const engine: SearchEngine = {
  name: "pages",
  async search(query) {
    const results = Array.from({ length: RESULTS }, (_, at) => ({
      title: `About ${query}, part ${at + 1}`,
      url: `https://example.org/${at + 1}`,
      text: `${query} `.repeat(WORDS / query.split(" ").length).trim(),
    }));
    return { status: "found", results };
  },
};

async function runAgent(
  dialect: "llamacpp" | "generic",
): Promise<{ counts: readonly EngineCount[]; splices: readonly string[]; spliced: number }> {
  await using server = await startLlamaServer();
  const calls = noteEngineCalls();
  const model = createCompletionsModel({
    baseUrl: server.url,
    modelName: "scripted",
    dialect,
    fetch: calls.fetch,
  });
  const agent = createAgenticRag(
    { protocol: qwq, engine, model, now: () => new Date(`${DATE}T12:00:00`) },
    { checkpointer: new MemorySaver() },
  );
  const config = { configurable: { thread_id: "bench" } };
  await agent.invoke({ question: QUESTION }, config);
  const { transcript }: RunState = (await agent.getState(config)).values;
  const splices = transcript.filter(({ origin }) => origin === "search").map(({ text }) => text);
  const lengths = await Promise.all(splices.map((text) => countTokens(server, text)));
  const spliced = lengths.reduce((sum, length) => sum + length, 0);
  return { counts: await calls.counts(), splices, spliced };
}

/** The same calls and results, each as a turn. */
async function runRenderingAnew(splices: readonly string[]): Promise<readonly EngineCount[]> {
  await using server = await startLlamaServer();
  const calls = noteEngineCalls();
  const model = createCompletionsModel({
    baseUrl: server.url,
    modelName: "scripted",
    dialect: "generic",
    template: chatmlTemplate,
    fetch: calls.fetch,
  });
  const { messages } = qwq.open({ question: QUESTION, history: [], date: DATE, maxSearches: 5 });
  const turns = [...messages];
  for (let step = 0; step <= splices.length; step += 1) {
    const opened = { role: "assistant", content: "<think>\n" } as const;
    const said = model.continueText([...turns, opened], { stop: qwq.stop });
    while ((await said.next()).done !== true);
    const call = SAID_TEXTS[step]?.replace(/^[\s\S]*?(?=<tool_call>)/, "") ?? "";
    turns.push({ role: "assistant", content: `\n${call}` });
    turns.push({ role: "user", content: splices[step]?.trim() ?? "" });
  }
  return calls.counts();
}

function evaluatedLater(counts: readonly EngineCount[]): number {
  return counts.slice(1).reduce((sum, { evaluated }) => sum + evaluated, 0);
}

function row(name: string, counts: readonly EngineCount[]): string {
  const cells = counts.map(({ cached, evaluated }) => `${cached}/${cached + evaluated}`.padStart(12));
  return name.padEnd(20) + cells.join("");
}
