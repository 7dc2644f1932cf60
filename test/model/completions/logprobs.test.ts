import { describe, expect, test } from "vitest";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import type { ContinuationOptions, ModelChunk } from "../../../src/model/model.ts";
import { startEngineServer } from "../../servers/completions-engine.ts";
import { startCompletionsServer } from "../../servers/completions.ts";
import { collect } from "../collect.ts";

const CALL = ["Let me ", "search.\n", "<tool_call>", "{}", "</tool_call>"];
const WANTED: ContinuationOptions = { stop: qwq.stop, sampling: { logprobs: true } };

/** What a chunk says of its tokens. */
function tokensOf({ tokenIds, logprobs }: ModelChunk) {
  return [tokenIds, logprobs];
}

describe.each(["vllm", "sglang"] as const)("%s", (dialect) => {
  test.each([1, 2, 3, 7])(
    "one for each id, the stop string's apart, %i tokens an event",
    async (perEvent) => {
      await using server = await startEngineServer({ dialect, replies: [CALL], perEvent });
      const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
      const said = await collect(model, WANTED);
      const texts = said.slice(0, -1);
      expect(texts.flatMap((chunk) => chunk.logprobs)).toEqual(CALL.slice(0, -1).map(server.logprobOf));
      for (const { tokenIds, logprobs } of said) expect(logprobs).toHaveLength(tokenIds?.length ?? -1);
      expect(tokensOf(said.at(-1)!)).toEqual([
        [server.idOf("</tool_call>")],
        [server.logprobOf("</tool_call>")],
      ]);
      expect(server.completions[0]?.body).toMatchObject({ logprobs: 1 });
    },
  );

  test("those of the end of a turn are told with the end", async () => {
    for (const perEvent of [1, 5]) {
      await using server = await startEngineServer({
        dialect,
        replies: [["So ", "it is.", "<|im_end|>"]],
        perEvent,
      });
      const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
      const said = await collect(model, WANTED);
      const shown = ["So ", "it is.", "<|im_end|>"];
      expect(said.flatMap(({ tokenIds }) => tokenIds ?? [])).toEqual(shown.map(server.idOf));
      expect(said.flatMap(({ logprobs }) => logprobs ?? [])).toEqual(shown.map(server.logprobOf));
      expect(said.at(-1)?.logprobs).toEqual([server.logprobOf("<|im_end|>")]);
    }
  });

  test("a character of several tokens has those of all of them", async () => {
    const [first, second] = [[0xc3], [0xa9]] as const;
    await using server = await startEngineServer({ dialect, replies: [["a", first, second, "<|im_end|>"]] });
    const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
    expect((await collect(model, WANTED)).slice(0, -1).map(({ logprobs }) => logprobs)).toEqual([
      [server.logprobOf("a")],
      [first, second].map(server.logprobOf),
    ]);
  });

  test("without ids they are those of the server's own tokens", async () => {
    await using server = await startEngineServer({ dialect, replies: [CALL], tokenize: false });
    const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
    const said = await collect(model, WANTED);
    expect(said.map(tokensOf)).toEqual(CALL.map((piece) => [undefined, [server.logprobOf(piece)]]));
  });

  test("they are not asked for unless they are wanted", async () => {
    await using server = await startEngineServer({ dialect, replies: [CALL] });
    const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
    const said = await collect(model, { stop: qwq.stop });
    expect(said.flatMap(({ logprobs }) => logprobs ?? [])).toEqual([]);
    expect(server.completions[0]?.body).not.toHaveProperty("logprobs");
  });
});

test("ollama tells them line by line, without ids", async () => {
  await using server = await startEngineServer({
    dialect: "ollama",
    replies: [["So ", "it is.", "<|im_end|>"]],
  });
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  const said = await collect(model, { sampling: { logprobs: true } });
  expect(said.map(tokensOf)).toEqual([
    [undefined, [server.logprobOf("So ")]],
    [undefined, [server.logprobOf("it is.")]],
    [undefined, undefined],
  ]);
  expect(server.completions[0]?.body).toMatchObject({ logprobs: true });
});

/** What is told of one event with these log-probabilities, over a server that nothing is known of. */
async function readOf(logprobs: unknown, text = "So it"): Promise<unknown> {
  const choice = { index: 0, text, finish_reason: "stop", logprobs };
  await using server = await startCompletionsServer([
    {
      headers: { "content-type": "text/event-stream" },
      body: `data: ${JSON.stringify({ choices: [choice] })}\n\ndata: [DONE]\n\n`,
    },
  ]);
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", dialect: "generic" });
  const [said] = await collect(model, { sampling: { logprobs: true } });
  expect(said).toMatchObject({ type: "text", text });
  return said?.logprobs;
}

const entry = (token: string, logprob: unknown) => ({ token, logprob, bytes: null, top_logprobs: [] });

test.each([
  [
    "OpenAI's lists",
    { tokens: ["So", " it"], token_logprobs: [-0.5, -2], text_offset: [0, 2], top_logprobs: null },
  ],
  ["Together's lists", { tokens: ["So", " it"], token_ids: [5, 6], token_logprobs: [-0.5, -2] }],
  ["the form of chats", { content: [entry("So", -0.5), entry(" it", -2)] }],
])("%s", async (_, logprobs) => {
  expect(await readOf(logprobs)).toEqual([-0.5, -2]);
});

test.each([
  ["null", null],
  ["nothing", undefined],
  ["lists of unlike lengths", { tokens: ["So", " it"], token_logprobs: [-0.5] }],
  ["one that is not known", { tokens: ["So", " it"], token_logprobs: [-0.5, null] }],
  ["minus infinity, which JSON has not", { content: [entry("So", -0.5), entry(" it", null)] }],
  ["those of another text", { tokens: ["So", " is"], token_logprobs: [-0.5, -2] }],
  ["spelled as in the vocabulary", { tokens: ["So", "Ġit"], token_logprobs: [-0.5, -2] }],
  ["none", { tokens: [], token_logprobs: [] }],
  ["a number", 5],
])("%s is as if none were told", async (_, logprobs) => {
  expect(await readOf(logprobs)).toBeUndefined();
});
