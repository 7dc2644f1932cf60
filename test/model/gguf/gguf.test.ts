import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, describe, expect, onTestFinished, test } from "vitest";
import { assemble } from "../../../src/assemble/assemble.ts";
import { GgufModel } from "../../../src/model/gguf/gguf.ts";
import type { ContinuationOptions, ModelChunk, PromptMessage } from "../../../src/model/model.ts";
import { chatmlTemplate } from "../../../src/model/template/chat-template.ts";
import { readSettings } from "../../../src/settings/settings.ts";
import { describeModel } from "../../conformance/model.ts";
import { createTinyGguf, lettersOf } from "../../engine/tiny-gguf.ts";
import { collect, textOf } from "../collect.ts";
import { chained, modelOfBytes, notHere, sharedTinyModel, tinyModel } from "./here.ts";

const END = "<|im_end|>";
/** What a prompt without an assistant's text ends in. */
const OPENED = "assistant\n";

describe.skipIf(notHere !== "")(`a GGUF file in this process${notHere}`, () => {
  const finished = sharedTinyModel(
    chained([[OPENED, "Loss", " masking", " leaves", " retrieved", " tokens", " out.", END]]),
  );
  const unfinished = sharedTinyModel(chained([[OPENED, "tick ", "tock ", "tick "]]));
  describeModel({
    family: "gguf",
    stop: "exclude",
    start: async (kind) => {
      const { model } = kind === "unfinished" ? unfinished : finished;
      return {
        model,
        // the only sequence is given to the next request when this one has left it
        connectionClosed: async () => (await say(model, "", { maxTokens: 1 })).length === 2,
        [Symbol.asyncDispose]: async () => {},
      };
    },
  });

  const { model } = sharedTinyModel(
    chained([
      [
        "<call>\n",
        "I look.",
        "\n\n<to",
        "ol_",
        "call>",
        "\n{}\n",
        "</tool_call>",
        " Nobody stopped me.",
        END,
      ],
      ["<almost>\n", "a</", "tool_", "c</", "tool_call ", "b", END],
      ["<inside>\n", "one,", "two,th", "ree", END],
      ["<utf8>\n", ...lettersOf("é€😀"), ".", END],
      ["<control>\n", "before ", "<|im_start|>", " after", END],
      ["<loop>\n", "tick ", "tock ", "tick "],
      ["<form>\n", "Sure.", "{", '"yes"', ":", "true", "}", END],
    ]),
  );

  test("where JSON of a schema is asked for, it can write nothing else", async () => {
    const schema = {
      type: "object",
      properties: { yes: { type: "boolean" } },
      required: ["yes"],
      additionalProperties: false,
    };
    expect(texts(await say(model, "<form>\n")).join("")).toBe('Sure.{"yes":true}');
    const form = { name: "answer", schema };
    expect(
      texts(await say(model, "<form>\n", { form }))
        .join("")
        .trim(),
    ).toBe('{"yes":true}');
  });

  test("tells each text with the ids of exactly that text, and that the turn's end was no stop string", async () => {
    const chunks = await say(model, "<inside>\n");
    expect(texts(chunks)).toEqual(["one,", "two,th", "ree"]);
    expect(chunks.slice(0, -1)).toEqual(
      await Promise.all(
        ["one,", "two,th", "ree"].map(async (text) => ({ type: "text", text, tokenIds: [await idOf(text)] })),
      ),
    );
    expect(chunks.at(-1)).toMatchObject({ type: "end", finishReason: "stop", stopReason: null });
    expect(chunks.at(-1)?.tokenIds).toHaveLength(1);
  });

  test("a tag over three tokens is text like any other", async () => {
    const chunks = await say(model, "<call>\n", { stop: ["</tool_call>"] });
    expect(texts(chunks).join("")).toBe("I look.\n\n<tool_call>\n{}\n");
    expect(chunks.at(-1)).toMatchObject({
      finishReason: "stop",
      stopReason: "</tool_call>",
      tokenIds: [await idOf("</tool_call>")],
    });
  });

  test("a stop string over three tokens is held back, and told with its ids", async () => {
    const chunks = await say(model, "<call>\n", { stop: ["\n\n<tool_call>"] });
    expect(texts(chunks)).toEqual(["I look."]);
    const ids = await Promise.all(["\n\n<to", "ol_", "call>"].map(idOf));
    expect(chunks.at(-1)).toMatchObject({ stopReason: "\n\n<tool_call>", tokenIds: ids });
  });

  test("text that only began like a stop string is let go, with its ids", async () => {
    const chunks = await say(model, "<almost>\n", { stop: ["</tool_call>"] });
    expect(texts(chunks)).toEqual(["a</", "tool_", "c</", "tool_call ", "b"]);
    expect(chunks.slice(0, -1).every((chunk) => chunk.tokenIds?.length === 1)).toBe(true);
  });

  test("nothing that was held back is lost when the tokens are used up", async () => {
    const chunks = await say(model, "<almost>\n", { stop: ["</tool_call>"], maxTokens: 2 });
    expect(texts(chunks)).toEqual(["a</", "tool_"]);
    expect(chunks.at(-1)).toMatchObject({ finishReason: "length", usage: { completionTokens: 2 } });
  });

  test("a stop string inside tokens cuts them, and no ids are claimed for the parts", async () => {
    const chunks = await say(model, "<inside>\n", { stop: ["three"] });
    expect(chunks.slice(0, -1)).toEqual([
      { type: "text", text: "one,", tokenIds: [await idOf("one,")] },
      { type: "text", text: "two," },
    ]);
    expect(chunks.at(-1)).toMatchObject({ finishReason: "stop", stopReason: "three" });
    expect(chunks.at(-1)).not.toHaveProperty("tokenIds");
  });

  test("characters of several tokens come whole", async () => {
    const chunks = await say(model, "<utf8>\n");
    expect(texts(chunks)).toEqual(["é", "€", "😀", "."]);
    expect(chunks.map((chunk) => chunk.tokenIds?.length)).toEqual([2, 3, 4, 1, 1]);
  });

  test("half a character is told when the tokens are used up", async () => {
    const chunks = await say(model, "<utf8>\n", { maxTokens: 3 });
    expect(texts(chunks)).toEqual(["é", "\uFFFD"]);
    expect(chunks[1]).toMatchObject({ tokenIds: [0xe2] });
  });

  test("a token of control in mid-text is spelled", async () => {
    expect(texts(await say(model, "<control>\n"))).toEqual(["before ", "<|im_start|>", " after"]);
  });

  test("ends by length, and says what it counted", async () => {
    const { model: fresh } = tinyModel(chained([["<loop>\n", "tick ", "tock ", "tick "]]));
    const chunks = await say(fresh, "<loop>\n", { maxTokens: 7 });
    expect(texts(chunks).join("")).toBe("tick tock tick tock tick tock tick ");
    // each control token and the last piece are one token, the rest is one for each byte
    const prompt = "user\ngo".length + "\n".length + "assistant\n".length + 4;
    expect(chunks.at(-1)).toEqual({
      type: "end",
      finishReason: "length",
      usage: { promptTokens: prompt, completionTokens: 7, cachedTokens: 0 },
    });
    const again = await say(fresh, "<loop>\n", { maxTokens: 7 });
    expect(again.at(-1)).toMatchObject({ usage: { promptTokens: prompt, cachedTokens: prompt - 1 } });
  });

  test("a penalty reaches the tokens that were drawn", async () => {
    const sampling = { repetitionPenalty: 100 };
    const chunks = await say(model, "<loop>\n", { maxTokens: 6, sampling });
    expect(texts(chunks).join("")).not.toBe("tick tock tick tock tick tock ");
    expect(texts(chunks).slice(0, 2)).toEqual(["tick ", "tock "]);
  });

  test("does not take another model's name", async () => {
    await expect(say(model, "<loop>\n", { modelName: "other" })).rejects.toMatchObject({
      code: "model-rejected",
    });
    expect(model.modelName).toBe("Tiny-F32");
  });

  describe("the chat template", () => {
    const script = chained([
      // the file's own template writes `<think>`
      ["<think>\n", "Own", " words.", END],
      [OPENED, "ChatML.", END],
    ]);
    const whole = createTinyGguf(script);
    const bare = Buffer.from(whole);
    bare.write("tokenizer.char_template", bare.indexOf("tokenizer.chat_template"));

    test.each([
      ["the file's own", "file", whole, "Own words."],
      ["the file's own where it has one", "auto", whole, "Own words."],
      ["ChatML where it has none", "auto", bare, "ChatML."],
      ["the one that is given", chatmlTemplate, whole, "ChatML."],
    ] as const)("is %s", async (_, template, bytes, text) => {
      expect(texts(await say(modelOfBytes(bytes, { template }).model, "")).join("")).toBe(text);
    });

    test("is said to be assumed where the file has none and its name does not tell", async () => {
      expect(await assumed(bare, { template: "auto" })).toBe(true);
      expect(await assumed(bare, { template: "auto", modelName: "SmolLM2" })).toBeUndefined();
      expect(await assumed(bare, { template: chatmlTemplate })).toBeUndefined();
      expect(await assumed(whole, { template: "auto" })).toBeUndefined();
    });

    test("is the file's own by the settings' default", async () => {
      const folder = mkdtempSync(join(tmpdir(), "tiny-gguf-"));
      const modelPath = join(folder, "Own.gguf");
      writeFileSync(modelPath, whole);
      const { model: own } = assemble(readSettings({ AGENTIC_RAG_GGUF: modelPath }));
      assert(own instanceof GgufModel);
      onTestFinished(async () => {
        await own.dispose();
        rmSync(folder, { recursive: true });
      });
      expect(textOf(await collect(own, { maxTokens: 2 }))).toBe("Own words.");
    });

    test("says so when the file has none", async () => {
      await expect(say(modelOfBytes(bare, { template: "file" }).model, "")).rejects.toMatchObject({
        code: "settings-invalid",
      });
    });
  });

  /** The id of a text that is one token: it is taken from the first chunk of what follows a prompt that ends before it. */
  async function idOf(text: string): Promise<number> {
    const before = BEFORE[text] ?? "";
    const chunks = await say(model, before, { maxTokens: 1 });
    expect(texts(chunks)).toEqual([text]);
    return chunks[0]!.tokenIds![0]!;
  }
});

/** The token after which each text is said. */
const BEFORE: Readonly<Record<string, string>> = {
  "one,": "<inside>\n",
  "two,th": "one,",
  ree: "two,th",
  "\n\n<to": "I look.",
  ol_: "\n\n<to",
  "call>": "ol_",
  "</tool_call>": "\n{}\n",
};

function say(model: GgufModel, opened: string, options: ContinuationOptions = {}): Promise<ModelChunk[]> {
  const messages: PromptMessage[] = [{ role: "user", content: "go" }];
  if (opened !== "") messages.push({ role: "assistant", content: opened });
  return collect(model, options, messages);
}

function texts(chunks: readonly ModelChunk[]): readonly string[] {
  return chunks.flatMap((chunk) => (chunk.type === "text" ? [chunk.text] : []));
}

async function assumed(
  bytes: Buffer,
  options: Parameters<typeof modelOfBytes>[1] = {},
): Promise<true | undefined> {
  return (await modelOfBytes(bytes, options).model.describe()).assumedTemplate;
}
