import { describe, expect, test } from "vitest";
import { isAbort } from "../../../src/errors.ts";
import type { GgufModel } from "../../../src/model/gguf/gguf.ts";
import type { ContinuationOptions, ModelChunk, TurnPiece } from "../../../src/model/model.ts";
import { textOf } from "../collect.ts";
import { chained, notHere, tinyModel } from "./here.ts";

const SCRIPT = chained([
  ["<first>\n", "tick ", "tock ", "tick "],
  ["<second>\n", "ding ", "dong ", "ding "],
  ["<short>\n", "one ", "two ", "three", "<|im_end|>"],
]);

describe.skipIf(notHere !== "")(`requests to a GGUF file at the same time${notHere}`, () => {
  test("requests wait for their turn", async () => {
    const { model } = tinyModel(SCRIPT);
    const said = await Promise.all(
      ["<first>\n", "<short>\n", "<second>\n"].map((opened) => say(model, opened, { maxTokens: 6 })),
    );
    expect(said.map(textOf)).toEqual(["tick tock ".repeat(3), "one two three", "ding dong ".repeat(3)]);
  });

  test("an abort in an endless text frees the sequence at once", async () => {
    const { model, sequences } = tinyModel(SCRIPT);
    const controller = new AbortController();
    const endless = open(model, "<first>\n", { signal: controller.signal });
    await endless.next();
    const waiting = say(model, "<short>\n");
    controller.abort();
    await expect(endless.next()).rejects.toSatisfy(isAbort);
    expect(textOf(await waiting)).toBe("one two three");
    // the text ended within a token of the abort: `tick `, and one more that may have been in work
    expect(sequences).toHaveLength(1);
    const { usedInputTokens, usedOutputTokens } = sequences[0]!.tokenMeter.getState();
    const prompt = promptOf(await waiting);
    expect(usedInputTokens + usedOutputTokens).toBeLessThanOrEqual(prompt + 2 + 1 + 3);
  });

  test("an abort while a token is in work is heard before that token is done", async () => {
    const { model } = tinyModel(SCRIPT);
    const controller = new AbortController();
    const endless = open(model, "<first>\n", { signal: controller.signal });
    await endless.next();
    const next = endless.next();
    controller.abort("enough");
    await expect(next).rejects.toMatchObject({ name: "AbortError" });
    expect(textOf(await say(model, "<short>\n"))).toBe("one two three");
  });

  test("a consumer that stops reading frees the sequence", async () => {
    const { model } = tinyModel(SCRIPT);
    for await (const chunk of open(model, "<first>\n")) {
      expect(chunk.type).toBe("text");
      break;
    }
    expect(textOf(await say(model, "<short>\n"))).toBe("one two three");
  });

  test("one who waits can leave the queue", async () => {
    const { model } = tinyModel(SCRIPT);
    const endless = open(model, "<first>\n");
    await endless.next();
    const controller = new AbortController();
    const leaving = say(model, "<second>\n", { signal: controller.signal });
    const staying = say(model, "<short>\n");
    await new Promise(setImmediate);
    controller.abort();
    await expect(leaving).rejects.toSatisfy(isAbort);
    await endless.return(undefined);
    expect(textOf(await staying)).toBe("one two three");
  });

  test("one who waits is told when the model is disposed, and a later request loads anew", async () => {
    const { model, sequences } = tinyModel(SCRIPT);
    const endless = open(model, "<first>\n");
    await endless.next();
    const waiting = say(model, "<short>\n");
    await new Promise(setImmediate);
    const [refused] = await Promise.allSettled([waiting, model.dispose()]);
    expect(refused).toMatchObject({ status: "rejected", reason: { code: "model-server-error" } });
    await expect(endless.next()).rejects.toMatchObject({ code: "model-truncated" });
    expect(textOf(await say(model, "<short>\n"))).toBe("one two three");
    expect(sequences).toHaveLength(2);
  });

  test("a sequence that failed is replaced", async () => {
    const { model, sequences } = tinyModel(SCRIPT);
    const endless = open(model, "<first>\n");
    await endless.next();
    await sequences[0]!.dispose();
    await expect(endless.next()).rejects.toMatchObject({ code: "model-truncated" });
    expect(textOf(await say(model, "<short>\n"))).toBe("one two three");
    expect(sequences).toHaveLength(2);
  });

  test("a prompt that leaves no room is refused with both numbers, and evaluates nothing", async () => {
    const { model, sequences } = tinyModel(SCRIPT, { contextSize: 256 });
    const fixed = promptOf(await say(model, "<short>\n", {}, 1)) - 1;
    const before = sequences[0]!.tokenMeter.getState();
    await expect(say(model, "<short>\n", {}, 256 - fixed)).rejects.toMatchObject({
      code: "model-context-overflow",
      message: expect.stringMatching(/has 256 tokens.*room for 256/),
    });
    expect(sequences[0]!.tokenMeter.getState()).toEqual(before);
  });

  test("the context is used to its last token, and then the text ends by length", async () => {
    const { model } = tinyModel(SCRIPT, { contextSize: 256 });
    const full = await say(model, "<first>\n");
    const prompt = promptOf(full);
    expect(full.at(-1)).toMatchObject({ finishReason: "length", usage: { completionTokens: 256 - prompt } });
    const last = await say(model, "<short>\n", {}, 2 + 255 - prompt);
    expect(textOf(last)).toBe("one ");
    expect(last.at(-1)).toMatchObject({
      finishReason: "length",
      usage: { promptTokens: 255, completionTokens: 1 },
    });
  });

  test("a prompt longer than a batch is evaluated once", async () => {
    const { model, sequences } = tinyModel(SCRIPT, { contextSize: 2048 });
    const chunks = await say(model, "<short>\n", {}, 1500);
    expect(textOf(chunks)).toBe("one two three");
    const { usedInputTokens, usedOutputTokens } = sequences[0]!.tokenMeter.getState();
    // the three tokens that were followed by another
    expect(usedInputTokens + usedOutputTokens).toBe(promptOf(chunks) + 3);
    expect(evaluatedOf(chunks)).toBe(promptOf(chunks));
  });

  test("ids of another vocabulary or of another text are not believed", async () => {
    const { model } = tinyModel(SCRIPT);
    const honest = await say(model, "<short>\n");
    for (const tokenIds of [[1_000_000], [-1], [0.5], [65]]) {
      const turn: TurnPiece[] = [{ origin: "model", text: "<short>\n", tokenIds }];
      const chunks = await say(model, turn);
      expect(textOf(chunks)).toBe("one two three");
      expect(promptOf(chunks)).toBe(promptOf(honest));
    }
  });
});

/** @param length bytes of the question, each of which is a token */
function open(
  model: GgufModel,
  opened: string | readonly TurnPiece[],
  options: ContinuationOptions = {},
  length = 2,
): AsyncGenerator<ModelChunk> {
  const content = typeof opened === "string" ? opened : opened.map(({ text }) => text).join("");
  return model.continueText(
    [
      { role: "user", content: "?".repeat(length) },
      { role: "assistant", content },
    ],
    { ...options, ...(typeof opened !== "string" && { turn: opened }) },
  );
}

async function say(...asked: Parameters<typeof open>): Promise<ModelChunk[]> {
  const chunks: ModelChunk[] = [];
  for await (const chunk of open(...asked)) chunks.push(chunk);
  return chunks;
}

function usageOf(chunks: readonly ModelChunk[]) {
  const end = chunks.at(-1);
  if (end?.type !== "end") throw new Error("it did not end");
  return end.usage;
}

function promptOf(chunks: readonly ModelChunk[]): number {
  return usageOf(chunks).promptTokens!;
}

function evaluatedOf(chunks: readonly ModelChunk[]): number {
  return promptOf(chunks) - usageOf(chunks).cachedTokens!;
}
