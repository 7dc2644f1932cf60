import { MemorySaver } from "@langchain/langgraph";
import { expect, onTestFinished, test } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { ContinuationModel, type ModelChunk } from "../../../src/model/model.ts";
import { QWQ_SAMPLING } from "../../../src/model/sampling.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { startEngineServer, type EngineOptions, type Piece } from "../../servers/completions-engine.ts";
import { ask, FIXED, pagesEngine } from "../agent.ts";

const BODY = '\n{"action": "web_search", "action_input": {"query": "Rome"}}\n';
const CALL = ["Look it up.\n", "<tool_call>", BODY, "</tool_call>"];
const ANSWER = ["Well.\n", "</think>", "\n\nIt is ", "Rome [1].", "<|im_end|>"];

/** What the model's pieces of a run are kept with. */
async function run(engine: Partial<EngineOptions> & Pick<EngineOptions, "replies">, logprobs = true) {
  const server = await startEngineServer({ dialect: "vllm", ...engine });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const sampling = { ...QWQ_SAMPLING, logprobs };
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", sampling, maxRetries: 0 });
  const agent = createAgenticRag(
    { protocol: qwq, model, engine: pagesEngine(), ...FIXED },
    { checkpointer: new MemorySaver() },
  );
  const { state } = await ask(agent, "What is the capital of Italy?");
  const kept = (pieces: readonly Piece[]) => ({
    origin: "model",
    text: pieces.join(""),
    tokenIds: pieces.map(server.idOf),
    logprobs: pieces.map(server.logprobOf),
  });
  return { state, kept, pieces: state.transcript.filter(({ origin }) => origin === "model") };
}

test("each piece of the model is kept with its ids and their log-probabilities, and no other is", async () => {
  const { state, kept, pieces } = await run({ replies: [CALL, ANSWER] });
  expect(state.answered).toBe(true);
  expect(pieces).toEqual([kept(CALL), kept(ANSWER.slice(0, -1))]);
  const others = state.transcript.filter(({ origin }) => origin !== "model");
  expect(others.map((piece) => Object.keys(piece))).toEqual(others.map(() => ["origin", "text"]));
});

test("they are not kept unless they are wanted", async () => {
  const { kept, pieces } = await run({ replies: [CALL, ANSWER] }, false);
  const wanted = [CALL, ANSWER.slice(0, -1)].map((said) => {
    const { logprobs: _, ...rest } = kept(said);
    return rest;
  });
  expect(pieces).toEqual(wanted);
});

test("what comes behind the call is cut off both", async () => {
  const said = [...CALL, "\nI think ", "it says Rome."];
  const { kept, pieces } = await run({ replies: [said, ANSWER], ignoresStops: true });
  expect(pieces).toEqual([kept(CALL), kept(ANSWER.slice(0, -1))]);
});

test("where the call ends within an event, it has neither", async () => {
  const said = [...CALL.slice(1), "\nI think ", "it says Rome."];
  const { pieces } = await run({ replies: [said, ANSWER], ignoresStops: true, perEvent: 2 });
  expect(pieces[0]).toEqual({ origin: "model", text: CALL.slice(1).join("") });
});

test("without ids they are kept by themselves", async () => {
  const { kept, pieces } = await run({ replies: [CALL, ANSWER], tokenize: false });
  const wanted = [CALL, ANSWER.slice(0, -1)].map((said) => {
    const { tokenIds: _, ...rest } = kept(said);
    return rest;
  });
  expect(pieces).toEqual(wanted);
});

test("a stop string that is no part of the text leaves its tokens behind", async () => {
  const { kept, pieces } = await run({ replies: [["I guess.\n", "<tool_response>"], ANSWER] });
  expect(pieces).toEqual([kept(["I guess.\n"]), kept(ANSWER.slice(0, -1))]);
});

/** Says that a text has two tokens, of which it knows the probability of one. */
class Inexact extends ContinuationModel {
  readonly family = "inexact";
  readonly modelName = "inexact";

  override async *continueText(): AsyncGenerator<ModelChunk> {
    yield { type: "text", text: "</think>\n\nYes.", tokenIds: [1, 2], logprobs: [-1] };
    yield { type: "end", finishReason: "stop", usage: {} };
  }
}

test("of ids and log-probabilities that do not belong together only the ids are kept", async () => {
  const parts = { protocol: qwq, model: new Inexact({}), engine: pagesEngine(), ...FIXED };
  const { state } = await ask(createAgenticRag(parts, { checkpointer: new MemorySaver() }), "Q?");
  expect(state.transcript[1]).toEqual({ origin: "model", text: "</think>\n\nYes.", tokenIds: [1, 2] });
});
