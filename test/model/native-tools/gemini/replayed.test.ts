import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { createAgenticRag } from "../../../../src/graph/graph.ts";
import type { GeminiOptions } from "../../../../src/model/native-tools/gemini/gemini.ts";
import { createContentReading } from "../../../../src/model/native-tools/gemini/stream.ts";
import { requestTarget } from "../../../../src/model/exchange/http-failure.ts";
import { qwq } from "../../../../src/protocol/qwq/qwq.ts";
import { ask, FIXED, pagesEngine, thread, transcriptText } from "../../../graph/agent.ts";
import { QUERIES, thoughtOf } from "../twin.ts";
import { ENDED, INPUT, searchedAndForked } from "../messages/searched.ts";
import { GIVEN, startGemini, type Part } from "./twin.ts";

const result = (step: number) => ({
  functionResponse: {
    ...(step === 1 && { id: "c1" }),
    name: "web_search",
    response: { result: expect.stringContaining(`About ${QUERIES[step]}`) },
  },
});

test.each([
  ["streamed", "auto", "streamGenerateContent?alt=sse"],
  ["in one piece", "off", "generateContent"],
] as const)(
  "parts go back value for value, from process to process and in a fork: %s",
  async (_, stream, method) => {
    const twin = await startGemini();
    const prompts = await searchedAndForked(
      () => twin.model({ stream }),
      () => twin.taken().map(({ contents }) => contents),
    );
    expect(prompts.map(({ length }) => length)).toEqual([1, 3, 5, 7]);
    expect(prompts[3]?.slice(1)).toEqual(
      [0, 1, 2].flatMap((step) => [
        { role: "model", parts: GIVEN[step] },
        { role: "user", parts: [result(step)] },
      ]),
    );
    expect(new Set(twin.paths())).toEqual(new Set([`/v1beta/models/gemini-3-pro:${method}`]));
    expect(twin.refused).toEqual([]);
  },
);

/** One run of a new agent. */
async function run(twin: Awaited<ReturnType<typeof startGemini>>, options: Partial<GeminiOptions> = {}) {
  const parts = { protocol: qwq, model: twin.model(options), engine: pagesEngine(), ...FIXED };
  return ask(createAgenticRag(parts, { checkpointer: new MemorySaver() }), INPUT);
}

test("a request in Gemini's form, with nothing of QwQ's sampling", async () => {
  const twin = await startGemini();
  const { state } = await run(twin, { sampling: { seed: 7 } });
  expect(state).toMatchObject({ ...ENDED, usage: { cachedTokens: 20, reasoningTokens: 5 } });
  const { contents: _, ...first } = twin.taken()[0] ?? { contents: [] };
  expect(first).toEqual({
    systemInstruction: { parts: [{ text: expect.stringContaining("web_search") }] },
    tools: [
      {
        functionDeclarations: [
          {
            name: "web_search",
            description: expect.any(String),
            parameters: expect.objectContaining({ type: "object" }),
          },
        ],
      },
    ],
    generationConfig: {
      maxOutputTokens: expect.any(Number),
      seed: 7,
      thinkingConfig: { includeThoughts: true },
    },
  });
  for (const text of [thoughtOf(0), "Let me look."]) expect(transcriptText(state)).toContain(text);
});

test.each([
  ["off", { thinkingBudget: 0 }],
  ["on", { includeThoughts: true }],
  ["low", { includeThoughts: true, thinkingLevel: "low" }],
  ["xhigh", { includeThoughts: true, thinkingLevel: "high" }],
] as const)("reasoning %s, and fields of the operator beside it", async (reasoning, thinkingConfig) => {
  const twin = await startGemini();
  await run(twin, { reasoning, extraBody: { generationConfig: { topP: 0.5 } } });
  expect(twin.taken()[0]?.["generationConfig"]).toEqual({
    maxOutputTokens: expect.any(Number),
    topP: 0.5,
    thinkingConfig,
  });
});

test("a turn that another model began goes on with the word that stands for its signatures", async () => {
  const twin = await startGemini();
  const checkpointer = new MemorySaver();
  const begin = (modelName: string) =>
    createAgenticRag(
      { protocol: qwq, model: twin.model({ modelName }), engine: pagesEngine(), ...FIXED },
      { checkpointer },
    );
  await begin("gemini-3-pro").invoke(INPUT, { ...thread(), interruptAfter: ["web-search"] });
  const other = begin("models/gemini-3-pro");
  expect(await other.invoke(null, thread())).toMatchObject(ENDED);
  expect(twin.taken()[1]?.contents[1]).toEqual({
    role: "model",
    parts: [
      { text: thoughtOf(0).trim() },
      {
        functionCall: { id: "search001", name: "web_search", args: { query: "one" } },
        thoughtSignature: "skip_thought_signature_validator",
      },
    ],
  });
  expect(twin.refused).toEqual([]);
});

test("calls side by side, of which the first is signed, get their results in one content", async () => {
  const calls = ["a", "b"].map((query) => ({ functionCall: { name: "web_search", args: { query } } }));
  const signed = [{ ...calls[0], thoughtSignature: "EpwDCpkD0+/=" }, calls[1]] as Part[];
  const twin = await startGemini({ given: [signed, [{ text: "Seven [1]." }]] });
  expect((await run(twin)).state).toMatchObject({ stopReason: "answered", searches: 2 });
  expect(twin.taken()[1]?.contents[1]).toEqual({ role: "model", parts: signed });
  expect(twin.taken()[1]?.contents[2]?.parts).toMatchObject([
    { functionResponse: { response: { result: expect.stringContaining("All about b.") } } },
    { functionResponse: { response: { result: expect.stringMatching(/^Answered together/) } } },
  ]);
});

test("a model that does not think is asked without being told how", async () => {
  const twin = await startGemini({
    refuses: ({ generationConfig }) =>
      JSON.stringify(generationConfig).includes("thinkingConfig")
        ? "Thinking_config is not supported by this model."
        : undefined,
  });
  expect((await run(twin)).state).toMatchObject(ENDED);
  expect(twin.refused).toHaveLength(1);
});

test.each([
  ["MAX_TOKENS", "token-budget", null],
  ["SAFETY", "model-error", "model-rejected"],
  ["PROHIBITED_CONTENT", "model-error", "model-rejected"],
  ["MALFORMED_FUNCTION_CALL", "model-error", "model-bad-reply"],
  ["OTHER", "model-error", "model-truncated"],
])("a reply that ends with %s", async (end, stopReason, code) => {
  const { state } = await run(
    await startGemini({ given: Array.from({ length: 9 }, () => [{ text: "It is" }]), end }),
  );
  expect(state).toMatchObject({ stopReason, ...(code !== null && { failure: { code } }) });
});

test("a prompt that is blocked, a field and a key that are refused, are told, and never the key", async () => {
  const blocked = { promptFeedback: { blockReason: "SAFETY" } };
  expect(() => createContentReading().read(blocked, requestTarget({ baseUrl: "", modelName: "" }))).toThrow(
    /A content filter .* ended the reply/,
  );
  const twin = await startGemini({ given: [[]] });
  const odd = await run(twin, { extraBody: { unknownField: 1 } });
  expect(odd.state.failure?.message).toContain('Unknown name "unknownField"');
  const { state } = await run(twin, { apiKey: "another-secret-key" });
  expect(state.failure).toMatchObject({ code: "model-unauthorized" });
  expect(state.failure?.message).not.toContain("another-secret-key");
});
