import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { createAgenticRag } from "../../src/graph/graph.ts";
import { createCompletionsModel, type CompletionsOptions } from "../../src/model/completions/completions.ts";
import { QWQ_SAMPLING } from "../../src/model/sampling.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { ask, FIXED, pagesEngine, transcriptText } from "../graph/agent.ts";
import { countTokens, noteEngineCalls } from "./engine-calls.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER, type LlamaServer } from "./llama-server.ts";
import { SAID_TEXTS } from "./scenario.ts";

/** The whole agent on a real engine: three searches and an answer. */
async function run(server: LlamaServer, options: Partial<CompletionsOptions> = {}) {
  const calls = noteEngineCalls();
  const engine = pagesEngine();
  const agent = createAgenticRag(
    {
      protocol: qwq,
      engine,
      model: createCompletionsModel({
        baseUrl: server.url,
        modelName: "scripted",
        fetch: calls.fetch,
        ...options,
      }),
      ...FIXED,
    },
    { checkpointer: new MemorySaver() },
  );
  const { state } = await ask(agent, "How does llama.cpp's prompt cache work?");
  const splices = state.transcript.filter(({ origin }) => origin === "search").map(({ text }) => text);
  const tokens = await Promise.all(splices.map((content) => countTokens(server, content)));
  return { state, asked: engine.asked, splices: tokens, counts: await calls.counts() };
}

const skipped = WHY_NO_LLAMA_SERVER;

describe.skipIf(skipped !== undefined)(`the agent on a real engine${skipped ? ` (${skipped})` : ""}`, () => {
  test("searches three times and answers, in one turn", async () => {
    await using server = await startLlamaServer();
    const { state, asked, counts } = await run(server);
    expect(asked).toEqual(["llama.cpp prompt cache", "slot similarity", "token ids"]);
    expect(state).toMatchObject({
      searches: 3,
      stopReason: "answered",
      answer: "The cache holds prefixes [[1]](https://example.org/llama.cpp%20prompt%20cache).",
      usage: { modelRequests: 4, completionTokens: 35, estimated: false },
    });
    const model = state.transcript.filter(({ origin }) => origin === "model");
    expect(model.map(({ text }) => text)).toEqual(SAID_TEXTS);
    expect(
      transcriptText(state).startsWith(
        `<think>\n${SAID_TEXTS[0]}\n<tool_response>\n[1 k7f3 example.org] About`,
      ),
    ).toBe(true);
    // each piece with as many ids as were drawn; the last of the answer, which ends the turn, is no part of it
    expect(model.map(({ tokenIds }) => tokenIds?.length)).toEqual([11, 9, 8, 6]);
    expect(model.map(({ logprobs }) => logprobs)).toEqual([undefined, undefined, undefined, undefined]);
    expect(counts.map(({ drawn }) => drawn)).toEqual([11, 9, 8, 7]);
  });

  test("with log-probabilities, each piece has one for each of its ids", async () => {
    await using server = await startLlamaServer();
    const { state } = await run(server, { sampling: { ...QWQ_SAMPLING, logprobs: true } });
    const model = state.transcript.filter(({ origin }) => origin === "model");
    expect(model.map(({ text }) => text)).toEqual(SAID_TEXTS);
    expect(model.map(({ tokenIds }) => tokenIds?.length)).toEqual([11, 9, 8, 6]);
    expect(model.map(({ logprobs }) => logprobs?.length)).toEqual([11, 9, 8, 6]);
    expect(Math.max(...model.flatMap(({ logprobs = [] }) => logprobs))).toBeLessThanOrEqual(0);
  });

  test("by ids, a step evaluates what was spliced and the token that stopped the last one", async () => {
    await using server = await startLlamaServer();
    const { splices, counts } = await run(server);
    expect(counts.map(({ form }) => form)).toEqual(["text", "tokens", "tokens", "tokens"]);
    for (const [at, spliced] of splices.entries()) {
      const before = counts[at]!;
      expect(counts[at + 1]).toMatchObject({
        // all that was evaluated for the last step, and all it drew but for the last token
        cached: before.cached + before.evaluated + before.drawn - 1,
        evaluated: spliced + 1,
      });
    }
  });

  test("by text, it evaluates besides what its own words are spelled anew in", async () => {
    await using server = await startLlamaServer();
    const { splices, counts } = await run(server, { dialect: "generic" });
    expect(counts.map(({ form }) => form)).toEqual(["text", "text", "text", "text"]);
    const more = splices.map((spliced, at) => counts[at + 1]!.evaluated - spliced);
    // from the opening tag on, which was drawn as three tokens and is read as one
    expect(more).toEqual([8, 7, 7]);
  });
});
