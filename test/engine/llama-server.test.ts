import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChatTemplate } from "../../src/model/template/chat-template.ts";
import { createCompletionsModel, type CompletionsOptions } from "../../src/model/completions/completions.ts";
import type { ContinuationOptions, ModelChunk } from "../../src/model/model.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { describeModel } from "../conformance/model.ts";
import { collect, collectUntilError, textOf } from "../model/collect.ts";
import { startLlamaServer, WHY_NO_LLAMA_SERVER, type LlamaServer } from "./llama-server.ts";
import { noteEngineCalls } from "./engine-calls.ts";
import { FIRST_SAID } from "./scenario.ts";
import { lettersOf } from "./tiny-gguf.ts";

const CONTEXT = 4096;

/** A prompt that is this text and nothing else. */
function exactly(text: string): ChatTemplate {
  return { name: "exactly", render: () => text };
}

const skipped = WHY_NO_LLAMA_SERVER;

describe.skipIf(skipped !== undefined)(`a real llama-server${skipped ? ` (${skipped})` : ""}`, () => {
  let server: LlamaServer;
  beforeAll(async () => {
    server = await startLlamaServer({ context: CONTEXT });
  });
  afterAll(() => server.close());

  const modelAfter = (prompt: string, options: Partial<CompletionsOptions> = {}) =>
    createCompletionsModel({
      baseUrl: server.url,
      modelName: "scripted",
      template: exactly(prompt),
      ...options,
    });
  const sayAfter = (prompt: string, options: ContinuationOptions = {}): Promise<ModelChunk[]> =>
    collect(modelAfter(prompt), options);

  /** The ids of pieces that are one token each. */
  async function idsOf(...pieces: readonly string[]): Promise<number[]> {
    const ids: number[] = [];
    for (const content of pieces) {
      const reply = await fetch(server.url.replace("/v1", "/tokenize"), {
        method: "POST",
        headers: { connection: "close" },
        body: JSON.stringify({ content }),
      });
      ids.push(...((await reply.json()) as { tokens: number[] }).tokens);
    }
    return ids;
  }

  /** Resolves when no slot is at work; how many tokens each of them drew last. */
  async function drawnWhenIdle(): Promise<readonly number[]> {
    for (;;) {
      const slots = (await server.get("/slots")) as {
        is_processing: boolean;
        next_token?: { n_decoded: number }[];
      }[];
      if (slots.every((slot) => !slot.is_processing)) {
        return slots.map((slot) => slot.next_token?.[0]?.n_decoded ?? 0);
      }
      await new Promise((resolve) => void setTimeout(resolve, 20));
    }
  }

  describeModel({
    family: "completions",
    stop: "exclude",
    start: async (kind) => {
      const model = modelAfter(kind === "unfinished" ? "<loop>\n" : "<words>\n");
      // the first time, less of the prompt is in the cache
      if (kind !== "unfinished") await collect(model);
      return {
        model,
        // a loop that nobody ends fills the context
        connectionClosed: async () => (await drawnWhenIdle()).every((drawn) => drawn < CONTEXT - 100),
        [Symbol.asyncDispose]: async () => {},
      };
    },
  });

  test("a call whose opening tag is three tokens comes with the ids that were drawn", async () => {
    const said = await sayAfter("<think>\n", { stop: qwq.stop });
    const texts = said.slice(0, -1);
    expect(textOf(said)).toBe(FIRST_SAID.slice(0, -1).join(""));
    const ids = await idsOf(...FIRST_SAID);
    expect(ids).toHaveLength(FIRST_SAID.length);
    expect(texts.flatMap(({ tokenIds }) => tokenIds)).toEqual(ids.slice(0, -1));
    expect(texts[4]).toEqual({ type: "text", text: "\n\n<tool_call>\n", tokenIds: ids.slice(4, 7) });
    expect(said.at(-1)).toMatchObject({
      type: "end",
      finishReason: "stop",
      stopReason: "</tool_call>",
      tokenIds: ids.slice(-1),
      usage: { completionTokens: FIRST_SAID.length },
      promptForm: "text",
    });
  });

  test("an end of turn is told from a stop string", async () => {
    const said = await sayAfter("<words>\n", { stop: ["</tool_call>"] });
    expect(said.at(-1)).toMatchObject({ type: "end", finishReason: "stop", stopReason: null });
    expect(said.at(-1)?.tokenIds).toHaveLength(1);
  });

  test("a stop string of several tokens is kept back, let go, and taken off; its ids are not those of its text", async () => {
    const [some, begun, no] = await idsOf("some ", "{{en", " no ");
    expect(await sayAfter("<stop>\n", { stop: ["{{end}}"] })).toEqual([
      { type: "text", text: "some ", tokenIds: [some] },
      { type: "text", text: "{{en no ", tokenIds: [begun, no] },
      {
        type: "end",
        finishReason: "stop",
        stopReason: "{{end}}",
        usage: { promptTokens: 1, completionTokens: 6, cachedTokens: 0 },
        promptForm: "text",
      },
    ]);
  });

  test("text that was kept back when the limit was reached is not lost", async () => {
    const [some, begun, no, e, nd] = await idsOf("some ", "{{en", " no ", "{{e", "nd");
    const said = await sayAfter("<stop>\n", { stop: ["{{end}}"], maxTokens: 5 });
    expect(said.slice(0, -1)).toEqual([
      { type: "text", text: "some ", tokenIds: [some] },
      { type: "text", text: "{{en no ", tokenIds: [begun, no] },
      { type: "text", text: "{{end", tokenIds: [e, nd] },
    ]);
    expect(said.at(-1)).toMatchObject({ finishReason: "length", stopReason: null });
  });

  test("text whose last token holds more than the text has no ids", async () => {
    const [bit, of] = await idsOf("a bit ", "of [[do");
    const said = await sayAfter("<within>\n", { stop: ["]]"] });
    expect(said.slice(0, -1)).toEqual([
      { type: "text", text: "a bit ", tokenIds: [bit] },
      { type: "text", text: "of [[do", tokenIds: [of] },
      { type: "text", text: "ne" },
    ]);
    expect(said.at(-1)).toMatchObject({ finishReason: "stop", stopReason: "]]" });
  });

  test("characters of several tokens come whole, with all their ids", async () => {
    const said = await sayAfter("<utf>\n");
    const ids = [...Buffer.from("é€😀")];
    expect(lettersOf("é€😀")).toHaveLength(9);
    expect(said.slice(0, -1)).toEqual([
      { type: "text", text: "é", tokenIds: ids.slice(0, 2) },
      { type: "text", text: "€", tokenIds: ids.slice(2, 5) },
      { type: "text", text: "😀", tokenIds: ids.slice(5) },
      { type: "text", text: " fine", tokenIds: await idsOf(" fine") },
    ]);
  });

  test("a control token that is not shown leaves the next text without ids", async () => {
    const said = await sayAfter("<ctl>\n");
    expect(said.slice(0, -1)).toEqual([
      { type: "text", text: "before ", tokenIds: await idsOf("before ") },
      { type: "text", text: "between " },
    ]);
  });

  test("the token limit is told as length", async () => {
    const limited = await sayAfter("<loop>\n", { maxTokens: 3 });
    expect(textOf(limited)).toBe("tick tock tick ");
    expect(limited.at(-1)).toMatchObject({ finishReason: "length", usage: { completionTokens: 3 } });
  });

  test("a long prompt does not come back with the reply", async () => {
    const replies: Promise<string>[] = [];
    const model = modelAfter(`${"a".repeat(1000)}<words>\n`, {
      dialect: "llamacpp",
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        replies.push(response.clone().text());
        return response;
      },
    });
    expect((await collect(model)).at(-1)).toMatchObject({ stopReason: null, usage: { promptTokens: 1001 } });
    expect((await Promise.all(replies)).filter((reply) => reply.includes("aaaa"))).toEqual([]);
  });

  test("a prompt that is too long is known for it", async () => {
    const { text, error } = await collectUntilError(modelAfter("<words>\n".repeat(CONTEXT + 1)));
    expect(text).toBe("");
    expect(error).toMatchObject({
      code: "model-context-overflow",
      facts: { status: 400 },
      message: expect.stringContaining(
        `request (${CONTEXT + 1} tokens) exceeds the available context size (${CONTEXT} tokens)`,
      ),
    });
  });

  test("the server's own chat template opens the turn, and what it writes of it is not written twice", async () => {
    for (const opened of ["", "<think>\n", "<think>\nOkay,"]) {
      const calls = noteEngineCalls();
      const model = createCompletionsModel({
        baseUrl: server.url,
        modelName: "scripted",
        fetch: calls.fetch,
      });
      const { controlTokens, contextTokens, chatTemplate, ...described } = await model.describe();
      // that of one slot
      expect(contextTokens).toBe(CONTEXT);
      expect(described).toEqual({ family: "completions", name: "scripted", dialect: "llamacpp" });
      expect(controlTokens).toContain("<|im_end|>");
      expect(chatTemplate).toContain("<|im_start|>assistant");
      await collect(model, { stop: ["</tool_call>"] }, [
        { role: "user", content: "Hello" },
        ...(opened === "" ? [] : [{ role: "assistant", content: opened } as const]),
      ]);
      expect(calls.bodies).toMatchObject([
        {
          prompt: `<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n${opened || "<think>\n"}`,
        },
      ]);
    }
  });
});

describe.skipIf(skipped !== undefined)(
  `llama-server with other flags${skipped ? ` (${skipped})` : ""}`,
  () => {
    test("with --special, control tokens are in the text and their ids too", async () => {
      await using server = await startLlamaServer({ special: true });
      const model = createCompletionsModel({
        baseUrl: server.url,
        modelName: "scripted",
        template: exactly("<ctl>\n"),
      });
      expect(await collect(model, { stop: ["<|im_end|>"] })).toMatchObject([
        { type: "text", text: "before ", tokenIds: [expect.any(Number)] },
        { type: "text", text: "<|im_start|>", tokenIds: [expect.any(Number)] },
        { type: "text", text: "between ", tokenIds: [expect.any(Number)] },
        { type: "end", finishReason: "stop" },
      ]);
    });

    test("a key that is wrong is refused in the words of the settings", async () => {
      await using server = await startLlamaServer({ apiKey: "the-right-key" });
      const modelWith = (apiKey: string) =>
        createCompletionsModel({
          baseUrl: server.url,
          modelName: "scripted",
          template: exactly("<words>\n"),
          apiKey,
        });
      expect(textOf(await collect(modelWith("the-right-key")))).toBe(
        "The first sentence. Then another one, in many tokens.",
      );
      await expect(collect(modelWith("a-wrong-key"))).rejects.toMatchObject({
        code: "model-unauthorized",
        facts: { status: 401 },
        message: expect.stringContaining("AGENTIC_RAG_MODEL_API_KEY"),
      });
    });

    test("the end of the context is told as length", async () => {
      await using server = await startLlamaServer({ context: 256 });
      const model = createCompletionsModel({
        baseUrl: server.url,
        modelName: "scripted",
        template: exactly("<loop>\n"),
      });
      expect((await collect(model, { maxTokens: 100_000 })).at(-1)).toMatchObject({
        finishReason: "length",
        usage: { promptTokens: 1, completionTokens: 255 },
      });
    });

    test("a server that is ended in the middle leaves a truncated reply", async () => {
      const server = await startLlamaServer();
      const model = createCompletionsModel({
        baseUrl: server.url,
        modelName: "scripted",
        template: exactly("<loop>\n"),
        maxRetries: 0,
      });
      let text = "";
      const saying = (async () => {
        for await (const chunk of model.continueText([{ role: "user", content: "Hello" }], {})) {
          if (text === "") process.kill(server.pid, "SIGKILL");
          if (chunk.type === "text") text += chunk.text;
        }
      })();
      await expect(saying).rejects.toMatchObject({ code: "model-truncated" });
      expect(text.startsWith("tick tock ")).toBe(true);
      await server.close();
    });
  },
);
