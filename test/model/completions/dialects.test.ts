import type { TurnPiece } from "../../../src/turn.ts";
import { describe, expect, test } from "vitest";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import type { ModelChunk } from "../../../src/model/model.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { startEngineServer, type EngineServer, type Piece } from "../../servers/completions-engine.ts";
import { collect, HELLO, textOf } from "../collect.ts";

const PROMPT = "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n";
const CALL = ["Let me ", "search.\n", "<tool_call>", "{}", "</tool_call>"];
const SPLICE = "\n<tool_response>\n[1] A page\n</tool_response>\n";

/** The text chunks of pieces that are one chunk each. */
function chunksOf(server: EngineServer, pieces: readonly Piece[]): ModelChunk[] {
  return pieces.map((piece) => ({
    type: "text",
    text: Buffer.from(piece as string).toString(),
    tokenIds: [server.idOf(piece)],
  }));
}

function modelOf(server: EngineServer) {
  return createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
}

/** The ids of all text chunks; -1 for a chunk without. */
function textIds(chunks: readonly ModelChunk[]): readonly number[] {
  return chunks.flatMap((chunk) => (chunk.type === "text" ? (chunk.tokenIds ?? [-1]) : []));
}

describe.each(["vllm", "sglang"] as const)("%s", (dialect) => {
  test.each([1, 2, 3, 7])(
    "takes the stop string off and gives it with its ids, %i tokens an event",
    async (perEvent) => {
      await using server = await startEngineServer({ dialect, replies: [CALL], perEvent });
      const said = await collect(modelOf(server), { stop: qwq.stop });
      expect(textOf(said)).toBe("Let me search.\n<tool_call>{}");
      expect(textIds(said)).toEqual(CALL.slice(0, -1).map((piece) => server.idOf(piece)));
      expect(said.at(-1)).toEqual({
        type: "end",
        finishReason: "stop",
        stopReason: "</tool_call>",
        tokenIds: [server.idOf("</tool_call>")],
        usage: { promptTokens: 24, completionTokens: 5 },
        promptForm: "text",
      });
    },
  );

  test.each([1, 5])(
    "an end of turn is no text, and its id is told with the end, %i tokens an event",
    async (perEvent) => {
      const pieces = ["So ", "it is.", "<|im_end|>"];
      for (const stop of [qwq.stop, ["</search>"], []]) {
        await using server = await startEngineServer({ dialect, replies: [pieces], perEvent });
        const said = await collect(modelOf(server), { stop });
        expect(textOf(said)).toBe("So it is.");
        expect(said.flatMap(({ tokenIds }) => tokenIds ?? [])).toEqual([
          server.idOf("So "),
          server.idOf("it is."),
          server.idOf("<|im_end|>"),
        ]);
        const tokenIds = [server.idOf("<|im_end|>")];
        expect(said.at(-1)).toMatchObject({ finishReason: "stop", stopReason: null, tokenIds });
      }
    },
  );

  test("a special token amid the text is in the text, as it is among the ids", async () => {
    const pieces = ["a", "<|im_start|>", "b"];
    await using server = await startEngineServer({ dialect, replies: [[...pieces, "<|im_end|>"]] });
    const said = await collect(modelOf(server), { stop: ["</tool_call>"] });
    expect(said.slice(0, -1)).toEqual(chunksOf(server, pieces));
  });

  test("a character of several tokens has the ids of all of them", async () => {
    const [first, second] = [[0xc3], [0xa9]] as const;
    await using server = await startEngineServer({
      dialect,
      replies: [["a", first, second, "<|im_end|>"]],
    });
    const said = await collect(modelOf(server), { stop: ["</tool_call>"] });
    expect(said.slice(0, -1)).toEqual([
      { type: "text", text: "a", tokenIds: [server.idOf("a")] },
      { type: "text", text: "é", tokenIds: [server.idOf(first), server.idOf(second)] },
    ]);
  });

  test("a stop string that its tokens do not end with has no ids", async () => {
    await using server = await startEngineServer({ dialect, replies: [["ab", "<", "/s", ">\n"]] });
    const said = await collect(modelOf(server), { stop: ["</s>"] });
    expect(textOf(said)).toBe(dialect === "vllm" ? "ab" : "ab</s>\n");
    expect(said.at(-1)).toMatchObject({ finishReason: "stop", stopReason: "</s>" });
    expect(said.at(-1)?.tokenIds).toBeUndefined();
  });

  test("text that only begins like a stop string is let go with its ids", async () => {
    await using server = await startEngineServer({ dialect, replies: [["a", "<", "/", "b", "<|im_end|>"]] });
    const said = await collect(modelOf(server), { stop: ["</s>"] });
    expect(said.slice(0, -1)).toEqual([
      ...chunksOf(server, ["a"]),
      { type: "text", text: "</b", tokenIds: ["<", "/", "b"].map((piece) => server.idOf(piece)) },
    ]);
  });

  test("the next step is sent as ids: those of the opening, those that were drawn, those of the splice", async () => {
    await using server = await startEngineServer({ dialect, replies: [CALL, ["Done.", "<|im_end|>"]] });
    const model = modelOf(server);
    const said = await collect(model, { stop: qwq.stop });
    const tokenIds = said.flatMap((chunk) => chunk.tokenIds ?? []);
    const turn: TurnPiece[] = [
      { origin: "runtime", text: "<think>\n" },
      { origin: "model", text: CALL.join(""), tokenIds },
      { origin: "search", text: SPLICE },
    ];
    const content = turn.map(({ text }) => text).join("");
    const next = await collect(model, { stop: qwq.stop, turn }, [...HELLO, { role: "assistant", content }]);
    expect(next.at(-1)).toMatchObject({ promptForm: "tokens" });

    const spell = (text: string): number[] =>
      (text.match(/<\/?\w+>|<\|\w+\|>|[^]/gu) ?? []).map((piece) => server.idOf(piece));
    expect(server.completions.map(({ body }) => body["prompt"])).toEqual([
      PROMPT,
      [...spell(`${PROMPT}<think>\n`), ...CALL.map((piece) => server.idOf(piece)), ...spell(SPLICE)],
    ]);
    // what begins the prompt is spelled as such, what goes on is not
    const spelled = server.requests.filter(({ path }) => path.endsWith("/tokenize")).map(({ body }) => body);
    expect(spelled.slice(-2)).toEqual([
      { model: "qwq", prompt: `${PROMPT}<think>\n`, add_special_tokens: true },
      { model: "qwq", prompt: SPLICE, add_special_tokens: false },
    ]);
  });

  test.each([undefined, []])(
    "a piece of the model with the ids %j makes the prompt text",
    async (tokenIds) => {
      await using server = await startEngineServer({ dialect, replies: [["Done.", "<|im_end|>"]] });
      const turn: TurnPiece[] = [
        { origin: "model", text: "a", tokenIds: [1] },
        { origin: "search", text: "b" },
        { origin: "model", text: "c", tokenIds },
      ];
      const said = await collect(modelOf(server), { turn }, [
        ...HELLO,
        { role: "assistant", content: "abc" },
      ]);
      expect(said.at(-1)).toMatchObject({ promptForm: "text" });
      expect(server.completions[0]?.body["prompt"]).toBe(`${PROMPT}abc`);
    },
  );

  test.each([400, 422, 401, 403, 404, 405, 409, 410, 413, 451])(
    "a server that refuses the ids of a prompt with %i gets the text where that rejects their form",
    async (refusesIds) => {
      await using server = await startEngineServer({ dialect, refusesIds, replies: [[], ["Done."]] });
      const turn: TurnPiece[] = [{ origin: "model", text: "a", tokenIds: [1] }];
      const opened = [...HELLO, { role: "assistant", content: "a" }] as const;
      const said = await collect(modelOf(server), { turn }, opened).catch((error: unknown) => error);
      const asked = server.completions.map(({ body }) => typeof body["prompt"]);
      const isForm = refusesIds === 400 || refusesIds === 422;
      expect(asked).toEqual(isForm ? ["object", "string"] : ["object"]);
      const end = { type: "end", promptForm: "text" };
      expect(said).toMatchObject(isForm ? [{ text: "Done." }, end] : { facts: { status: refusesIds } });
    },
  );

  test("without /tokenize no ids are asked for, and it is asked once", async () => {
    await using server = await startEngineServer({
      dialect,
      tokenize: false,
      replies: [CALL, ["Done.", "<|im_end|>"]],
    });
    const model = modelOf(server);
    const said = await collect(model, { stop: ["</tool_call>"] });
    expect(said).toEqual([
      { type: "text", text: CALL.slice(0, -1).join("") },
      {
        type: "end",
        finishReason: "stop",
        stopReason: "</tool_call>",
        usage: { promptTokens: 24, completionTokens: 5 },
        promptForm: "text",
      },
    ]);
    await collect(model, { stop: ["</tool_call>"] });
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/v1/models",
      dialect === "vllm" ? "/tokenize" : "/v1/tokenize",
      "/v1/completions",
      "/v1/completions",
    ]);
  });
});

test("vllm: the fields that keep text and ids together", async () => {
  await using server = await startEngineServer({ dialect: "vllm", replies: [["Hi", "<|im_end|>"]] });
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq", stopTokenIds: [151_658] });
  await collect(model, { stop: ["</tool_call>"], sampling: { repetitionPenalty: 1.1 } });
  expect(server.completions[0]?.body).toEqual({
    model: "qwq",
    prompt: PROMPT,
    max_tokens: 8192,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.6,
    top_p: 0.95,
    top_k: 40,
    min_p: 0,
    repetition_penalty: 1.1,
    stop: ["</tool_call>"],
    stop_token_ids: [151_658],
    return_token_ids: true,
    include_stop_str_in_output: true,
    skip_special_tokens: false,
    spaces_between_special_tokens: false,
  });
});

test("sglang: the fields that keep text and ids together", async () => {
  await using server = await startEngineServer({ dialect: "sglang", replies: [["Hi", "<|im_end|>"]] });
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "qwq" });
  await collect(model, { stop: ["</tool_call>"] });
  expect(server.completions[0]?.body).toMatchObject({
    return_token_ids: true,
    no_stop_trim: true,
    skip_special_tokens: false,
  });
});

describe("ollama", () => {
  test("is asked for raw text, with its own names", async () => {
    await using server = await startEngineServer({
      dialect: "ollama",
      replies: [CALL, ["Hi", "<|im_end|>"]],
    });
    const model = createCompletionsModel({
      baseUrl: server.url,
      modelName: "qwq",
      maxTokens: 100,
      extraBody: { options: { num_ctx: 32_768 }, keep_alive: "10m" },
    });
    const said = await collect(model, { stop: ["</tool_call>"], sampling: { seed: 7 } });
    expect(said).toEqual([
      { type: "text", text: CALL.slice(0, -1).join("") },
      {
        type: "end",
        finishReason: "stop",
        usage: { promptTokens: 7, completionTokens: 4 },
        promptForm: "text",
      },
    ]);
    expect(server.completions).toEqual([
      {
        method: "POST",
        path: "/api/generate",
        body: {
          model: "qwq",
          prompt: PROMPT,
          raw: true,
          stream: true,
          think: false,
          truncate: false,
          shift: false,
          keep_alive: "10m",
          options: {
            num_predict: 100,
            temperature: 0.6,
            top_p: 0.95,
            top_k: 40,
            min_p: 0,
            repeat_penalty: 1,
            seed: 7,
            stop: ["</tool_call>"],
            num_ctx: 32_768,
          },
        },
      },
    ]);
    await collect(model, { maxTokens: 1 });
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/v1/models",
      "/props",
      "/get_model_info",
      "/api/version",
      "/info",
      "/api/v0/models",
      "/api/generate",
      "/api/generate",
    ]);
  });
});
