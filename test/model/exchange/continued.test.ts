import { expect, test } from "vitest";
import { createChatPrefixModel } from "../../../src/model/chat-prefix/chat-prefix.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import type { ContinuationModel, ModelChunk } from "../../../src/model/model.ts";
import { chatmlTemplate } from "../../../src/model/template/chat-template.ts";
import type { ChatDialect } from "../../../src/model/server/dialects.ts";
import { chatWire, type ChatRequestBody } from "../../servers/chat-wire.ts";
import { startEngineServer } from "../../servers/completions-engine.ts";
import { completionWire, type CompletionRequestBody } from "../../servers/completions-wire.ts";
import { collectUntilError, HELLO, textOf } from "../collect.ts";

const TEXT = 'I think é 😀 of <b>it</b>.\n</think>\n\nIt is "42" [1].';
const GIVEN = "<think>\n";
const MESSAGES = [...HELLO, { role: "assistant", content: GIVEN }] as const;
const PROMPT = chatmlTemplate.render(MESSAGES);
const clock = { now: () => 0, random: () => 0, sleep: () => Promise.resolve() };

interface Broken {
  readonly text: string;
  readonly end: ModelChunk | undefined;
  readonly chunks: readonly ModelChunk[];
  /** What each request asked to go on from, of the text. */
  readonly from: readonly string[];
}

/** A body of text that ends after so many of its events or lines, as a cut connection ends it. */
function cut(wire: string, pieces: number | undefined): Response {
  const parts = wire.split(/(?<=\n\n)|(?<=\}\n)(?=\{)/);
  const type = wire.startsWith("data:") ? "text/event-stream" : "application/x-ndjson";
  return new Response((pieces === undefined ? parts : parts.slice(0, pieces)).join(""), {
    headers: { "content-type": type },
  });
}

/** How many events there are before the one that says how it finished. */
function eventsBeforeEnd(wire: string): number {
  return wire
    .split(/(?<=\n\n)|(?<=\}\n)(?=\{)/)
    .findIndex((part) => /"finish_reason":"[a-z_]+"|"done":true/.test(part));
}

async function askBroken(
  make: (fetch: typeof globalThis.fetch) => ContinuationModel,
  said: (body: Record<string, unknown>) => string,
  wireOf: (rest: string, body: Record<string, unknown>) => string,
  cuts: readonly (number | undefined)[],
  options: Parameters<ContinuationModel["continueText"]>[1] = {},
): Promise<Broken> {
  const from: string[] = [];
  const model = make(async (url, init) => {
    const body = (await new Request(url, init).json()) as Record<string, unknown>;
    const before = said(body);
    from.push(before);
    expect(TEXT.startsWith(before)).toBe(true);
    return cut(wireOf(TEXT.slice(before.length), body), cuts[from.length - 1]);
  });
  const chunks: ModelChunk[] = [];
  for await (const chunk of model.continueText(MESSAGES, options)) chunks.push(chunk);
  return { text: textOf(chunks), end: chunks.at(-1), chunks, from };
}

const COMPLETIONS = ["generic", "vllm", "sglang", "llamacpp", "tgi", "ollama"] as const;

/** What a prompt has of the text. */
function saidInPrompt({ prompt }: Record<string, unknown>): string {
  expect(String(prompt).startsWith(PROMPT)).toBe(true);
  return String(prompt).slice(PROMPT.length);
}

function completionsAt(dialect: (typeof COMPLETIONS)[number]) {
  const make = (fetch: typeof globalThis.fetch) =>
    createCompletionsModel({
      baseUrl: "http://127.0.0.1:9/v1",
      modelName: "qwq",
      dialect,
      template: chatmlTemplate,
      clock,
      fetch: (url, init) =>
        /\/(?:de)?tokenize$/.test(new Request(url, init).url)
          ? Promise.resolve(new Response("", { status: 404 }))
          : fetch(url, init),
    });
  const wireOf = (rest: string, body: Record<string, unknown>): string => {
    if (dialect !== "ollama") {
      const kind = dialect === "generic" ? "vllm" : dialect;
      return completionWire(
        { text: rest, chunkSize: 3, dialect: kind },
        body as unknown as CompletionRequestBody,
      );
    }
    const lines = Array.from(rest).map((response) => ({ response, done: false }));
    const last = { response: "", done: true, done_reason: "stop", prompt_eval_count: 1, eval_count: 1 };
    return [...lines, last].map((line) => `${JSON.stringify(line)}\n`).join("");
  };
  return { make, said: saidInPrompt, wireOf };
}

const CHATS = ["vllm", "sglang", "deepseek", "mistral", "llamacpp", "openrouter", "generic"] as const;

/** What the last message has of the text; DeepSeek's reasoning stands in a field of its own. */
function saidInMessage(body: Record<string, unknown>): string {
  const last = (body as unknown as ChatRequestBody).messages.at(-1);
  const content = String(last?.content);
  const thought = last?.["reasoning_content"];
  const thinking = `<think>${String(thought)}${content === "" ? "" : `</think>${content}`}`;
  const whole = typeof thought === "string" ? thinking : content;
  expect(whole.startsWith(GIVEN)).toBe(true);
  return whole.slice(GIVEN.length);
}

function chatAt(dialect: ChatDialect) {
  const make = (fetch: typeof globalThis.fetch) =>
    createChatPrefixModel({ baseUrl: "http://127.0.0.1:9/v1", modelName: "qwq", dialect, clock, fetch });
  const wireOf = (rest: string, body: Record<string, unknown>): string =>
    chatWire({ text: rest, chunkSize: 3, dialect }, body as unknown as ChatRequestBody);
  return { make, said: saidInMessage, wireOf };
}

const TABLE = [
  ...COMPLETIONS.map((dialect) => ["completions", dialect, completionsAt(dialect)] as const),
  ...CHATS.map((dialect) => ["chat-prefix", dialect, chatAt(dialect)] as const),
];

test.each(TABLE)(
  "%s of %s: a reply that is cut at any event goes on from its text, and comes out whole",
  async (_, __, { make, said, wireOf }) => {
    let events = 0;
    await askBroken(
      make,
      said,
      (rest, body) => {
        const wire = wireOf(rest, body);
        events = eventsBeforeEnd(wire);
        return wire;
      },
      [],
    );
    expect(events).toBeGreaterThan(10);
    for (let at = 1; at <= events; at += 1) {
      const { text, end, chunks, from } = await askBroken(make, said, wireOf, [at]);
      expect(text).toBe(TEXT);
      const before = from.at(-1) ?? "";
      // where nothing had come yet it is the same request again, and no continuation
      const continued = before === "" ? undefined : 1;
      expect(from).toEqual(["", before]);
      expect(end).toMatchObject({ type: "end", finishReason: "stop" });
      expect(end?.continued).toBe(continued);
      const marked = chunks.filter((chunk) => chunk.type === "text" && chunk.continued !== undefined);
      expect(marked).toHaveLength(before === TEXT ? 0 : (continued ?? 0));
    }
  },
);

test.each(TABLE)("%s of %s: it is continued twice and no more", async (_, __, { make, said, wireOf }) => {
  const twice = await askBroken(make, said, wireOf, [5, 5]);
  expect(twice.text).toBe(TEXT);
  expect(twice.end).toMatchObject({ continued: 2 });
  expect(twice.from).toHaveLength(3);
  await expect(askBroken(make, said, wireOf, [5, 5, 5])).rejects.toMatchObject({ code: "model-truncated" });
});

test("the waits are those between tries, and the limit is what is left of it", async () => {
  const slept: number[] = [];
  const limits: unknown[] = [];
  const { said, wireOf } = completionsAt("vllm");
  const make = (fetch: typeof globalThis.fetch) =>
    createCompletionsModel({
      baseUrl: "http://127.0.0.1:9/v1",
      modelName: "qwq",
      dialect: "generic",
      template: chatmlTemplate,
      clock: { ...clock, sleep: (milliseconds) => Promise.resolve(void slept.push(milliseconds)) },
      fetch,
    });
  await askBroken(
    make,
    said,
    (rest, body) => {
      limits.push(body["max_tokens"]);
      return wireOf(rest, body);
    },
    [4, 4],
    { maxTokens: 100 },
  );
  expect(slept).toEqual([250, 500]);
  expect(limits).toEqual([100, 96, 93]);
});

test.each(["vllm", "sglang"] as const)(
  "ids of %s end at the break; a stop string that was cut is drawn again",
  async (dialect) => {
    const pieces = ["Let", " me", " see", ".", "</", "tool", "_call>", "<|im_end|>"];
    const whole = pieces.slice(0, 4).join("");
    for (let at = 1; at <= 6; at += 1) {
      const replies: string[][] = [pieces];
      await using server = await startEngineServer({ dialect, replies });
      const prompts: unknown[] = [];
      const model = createCompletionsModel({
        baseUrl: server.url,
        modelName: "qwq",
        dialect,
        template: chatmlTemplate,
        clock,
        async fetch(url, init) {
          const request = new Request(url, init);
          if (!request.url.endsWith("/completions")) return fetch(url, init);
          const { prompt } = (await request.json()) as { prompt: unknown };
          prompts.push(prompt);
          if (prompts.length === 1) return cut(await (await fetch(url, init)).text(), at);
          const said = String(prompt).slice(PROMPT.length);
          let left = said.length;
          replies[1] = pieces.filter((piece) => (left <= 0 ? true : ((left -= piece.length), false)));
          return fetch(url, init);
        },
      });
      const chunks: ModelChunk[] = [];
      for await (const chunk of model.continueText(MESSAGES, { stop: ["</tool_call>"] })) chunks.push(chunk);
      expect(textOf(chunks)).toBe(whole);
      expect(chunks.at(-1)).toMatchObject({ finishReason: "stop", stopReason: "</tool_call>" });
      const first = chunks.findIndex((chunk) => chunk.continued !== undefined);
      for (const chunk of first < 0 ? [] : chunks.slice(first)) expect(chunk).not.toHaveProperty("tokenIds");
      expect(String(prompts[1])).toMatch(/^<\|im_start\|>/);
    }
  },
);

const DONE_ALONE: readonly (readonly [said: string, given: string, whole: boolean])[] = [
  ["It is 42.", "", true],
  ["It is", "<think>\nSo.\n</think>\n\n", true],
  ["So it is", "<think>\n", false],
  ["<think>\nSo it is", "", false],
  ["So.\n</think>\n\nIt is 42.", "<think>\n", true],
  ['So.\n<tool_call>\n{"name"', "<think>\nSo.\n</think>\n\n", false],
];

test.each(DONE_ALONE)(
  "[DONE] without a finish reason behind %j, begun with %j",
  async (said, given, whole) => {
    const messages = given === "" ? HELLO : [...HELLO, { role: "assistant" as const, content: given }];
    const wires = {
      completions: `data: ${JSON.stringify({ choices: [{ text: said }] })}\n\n`,
      chat: `data: ${JSON.stringify({ choices: [{ delta: { content: said } }] })}\n\n`,
    };
    for (const [wire, create] of [
      [wires.completions, createCompletionsModel],
      [wires.chat, createChatPrefixModel],
    ] as const) {
      const ask = async (body: string) => {
        const model = create({
          baseUrl: "http://127.0.0.1:9/v1",
          modelName: "qwq",
          dialect: "generic",
          maxRetries: 0,
          fetch: () => Promise.resolve(cut(body, undefined)),
        });
        const chunks: ModelChunk[] = [];
        for await (const chunk of model.continueText(messages, {})) chunks.push(chunk);
        return chunks;
      };
      const done = ask(`${wire}data: [DONE]\n\n`).then(
        (chunks) => [textOf(chunks), chunks.at(-1)],
        (error: unknown) => error,
      );
      expect(await done).toMatchObject(
        whole ? [said, { type: "end", finishReason: "stop", usage: {} }] : { code: "model-truncated" },
      );
      // neither of the two
      await expect(ask(wire)).rejects.toMatchObject({ code: "model-truncated" });
    }
  },
);

test("an error that the server reports in mid-text is no cut connection", async () => {
  const { make } = completionsAt("generic");
  let asked = 0;
  const model = make(() => {
    asked += 1;
    const events = [{ choices: [{ text: "I" }] }, { error: { code: 500, message: "CUDA out of memory" } }];
    return Promise.resolve(
      cut(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""), undefined),
    );
  });
  expect(await collectUntilError(model)).toMatchObject({ text: "I", error: { code: "model-server-error" } });
  expect(asked).toBe(1);
});
