import { MemorySaver } from "@langchain/langgraph";
import { expect, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { chatmlTemplate } from "../../../src/model/template/chat-template.ts";
import { QWQ_SAMPLING } from "../../../src/model/sampling.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { startEngineServer, type EngineOptions } from "../../servers/completions-engine.ts";
import { call, FIXED, pagesEngine } from "../agent.ts";

const [, BODY = ""] = /<tool_call>([^]*)<\/tool_call>/.exec(call("Rome")) ?? [];
const CALL = ["Look it up.\n", "<tool_call>", BODY, "</tool_call>"];
const ANSWER = ["Well.\n", "</think>", "\n\nIt is ", "Rome [1].", "<|im_end|>"];

const COUNTED = { cachedTokens: 0, estimated: false, milliseconds: expect.any(Number) };

async function startAgent(engine: Partial<EngineOptions> & Pick<EngineOptions, "replies">, logprobs = true) {
  const server = await startEngineServer({ dialect: "vllm", ...engine });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const sampling = { ...QWQ_SAMPLING, logprobs };
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", sampling, maxRetries: 0 });
  const parts = { protocol: qwq, model, engine: pagesEngine(), ...FIXED };
  return { server, parts };
}

test("the result has the prompt, the turn and how each generation ended", async () => {
  const { server, parts } = await startAgent({ replies: [CALL, ANSWER] });
  const { opening, transcript, generations, rawAnswer, answer } = await createAgenticRag(parts).invoke({
    question: "What is the capital of Italy?",
  });
  expect(rawAnswer).toBe("It is Rome [1].");
  expect(answer).toBe("It is Rome [[1]](https://example.org/Rome).");
  const prompt = chatmlTemplate.render([
    ...opening!.messages,
    { role: "assistant", content: transcript[0]!.text },
  ]);
  const [first, second, ...more] = generations;
  expect(more).toEqual([]);
  expect(first).toEqual({
    segment: 1,
    end: "stop-string",
    promptText: prompt,
    promptIds: server.spell(prompt),
    usage: { ...COUNTED, promptTokens: server.spell(prompt).length, completionTokens: CALL.length },
  });
  const between = transcript
    .slice(2, 3)
    .map(({ text }) => text)
    .join("");
  expect(second).toEqual({
    segment: 3,
    end: "end-of-turn",
    endTokenIds: [server.idOf("<|im_end|>")],
    endLogprobs: [server.logprobOf("<|im_end|>")],
    promptIds: server.spell(between),
    usage: { ...COUNTED, promptTokens: expect.any(Number), completionTokens: ANSWER.length },
  });
});

test("ids of prompts are kept where log-probabilities are wanted, and only there", async () => {
  const { parts } = await startAgent({ replies: [CALL, ANSWER] }, false);
  const { generations } = await createAgenticRag(parts).invoke({ question: "What is the capital of Italy?" });
  expect(generations.map(({ promptIds }) => promptIds)).toEqual([undefined, undefined]);
  expect(generations[1]?.endTokenIds).toHaveLength(1);
});

test("a second question of a thread begins anew", async () => {
  const { parts } = await startAgent({ replies: [ANSWER, ANSWER] });
  const agent = createAgenticRag(parts, { checkpointer: new MemorySaver() });
  const config = { configurable: { thread_id: "1" } };
  await agent.invoke({ question: "One?" }, config);
  const { generations } = await agent.invoke({ question: "Two?" }, config);
  expect(generations.map(({ segment }) => segment)).toEqual([1]);
});

test("a boundary can be given for a run, so that samples share their prompt", async () => {
  const { parts } = await startAgent({ replies: [ANSWER, ANSWER] });
  const { boundary: _, ...free } = parts;
  const agent = createAgenticRag(free);
  const prompts: (string | undefined)[] = [];
  for (let sample = 0; sample < 2; sample += 1) {
    const { opening, generations } = await agent.invoke(
      { question: "Q?" },
      { context: { boundary: "k7f3" } },
    );
    expect(opening?.boundary).toBe("k7f3");
    prompts.push(generations[0]?.promptText);
  }
  expect(new Set(prompts).size).toBe(1);
  await expect(agent.invoke({ question: "Q?" }, { context: { boundary: "no" } })).rejects.toThrow(/boundary/);
});
