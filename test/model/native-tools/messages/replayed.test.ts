import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { createAgenticRag } from "../../../../src/graph/graph.ts";
import { qwq } from "../../../../src/protocol/qwq/qwq.ts";
import { ask, FIXED, pagesEngine, thread, transcriptText } from "../../../graph/agent.ts";
import { QUERIES, thoughtOf } from "../twin.ts";
import { ENDED, INPUT, searchedAndForked } from "./searched.ts";
import { GIVEN, startMessages, type Block } from "./twin.ts";

const result = (step: number) => ({
  type: "tool_result",
  tool_use_id: `toolu_${step}`,
  content: expect.stringContaining(`About ${QUERIES[step]}`),
});

test.each(["stream", "json"] as const)(
  "blocks go back value for value, from process to process and in a fork: %s",
  async (delivery) => {
    const twin = await startMessages({ delivery });
    const prompts = await searchedAndForked(
      () => twin.model(),
      () => twin.taken().map(({ messages }) => messages),
    );
    expect(prompts.map(({ length }) => length)).toEqual([1, 3, 5, 7]);
    expect(prompts[3]?.slice(1)).toEqual(
      [0, 1, 2].flatMap((step) => [
        { role: "assistant", content: GIVEN[step] },
        { role: "user", content: [result(step)] },
      ]),
    );
    expect(twin.refused).toEqual([]);
  },
);

/** One run of a new agent. */
async function run(twin: Awaited<ReturnType<typeof startMessages>>, model = twin.model()) {
  const parts = { protocol: qwq, model, engine: pagesEngine(), ...FIXED };
  return ask(createAgenticRag(parts, { checkpointer: new MemorySaver() }), INPUT);
}

test("a request in Anthropic's form, cached up to its end, with nothing of QwQ's sampling", async () => {
  const twin = await startMessages();
  const { state } = await run(twin, twin.model({ maxTokens: 4_000, reasoning: "high" }));
  expect(state).toMatchObject({
    ...ENDED,
    // a call is not waited for beyond its end, where the counts stand
    usage: { cachedTokens: 12, reasoningTokens: 5 },
  });
  const [first] = twin.taken();
  const { messages: _, system, tools, ...rest } = first ?? { messages: [] };
  expect(rest).toEqual({
    model: "claude-opus-4-8",
    max_tokens: expect.any(Number),
    stream: true,
    cache_control: { type: "ephemeral" },
    thinking: { type: "adaptive", display: "summarized" },
    output_config: { effort: "high" },
  });
  expect(system).toContain("web_search");
  expect(tools).toEqual([
    {
      name: "web_search",
      description: expect.any(String),
      input_schema: expect.objectContaining({ type: "object" }),
    },
  ]);
  const said = transcriptText(state);
  for (const text of [thoughtOf(0), "Let me look.", thoughtOf(2), "Almost."]) expect(said).toContain(text);
});

test.each([
  ["off", { thinking: { type: "disabled" } }],
  ["on", { thinking: { type: "adaptive", display: "summarized" } }],
  ["minimal", { output_config: { effort: "low" } }],
  ["xhigh", { output_config: { effort: "xhigh" } }],
] as const)("reasoning %s", async (reasoning, sent) => {
  const twin = await startMessages();
  await run(twin, twin.model({ reasoning }));
  expect(twin.taken()[0]).toMatchObject(sent);
});

test("an older Claude is told to think between its calls", async () => {
  const twin = await startMessages();
  const thinking = { type: "enabled", budget_tokens: 1_024 };
  await run(twin, twin.model({ extraBody: { thinking } }));
  expect(twin.headers()[0]?.["anthropic-beta"]).toBe("interleaved-thinking-2025-05-14");
  expect(twin.taken()[0]).toMatchObject({ thinking });
  const plain = await startMessages();
  await run(plain);
  expect(plain.headers()[0]).not.toHaveProperty("anthropic-beta");
});

test("several calls get their results in one message", async () => {
  const [thought, call] = GIVEN[1] ?? [];
  const calls = ["a", "b"].map((query) => ({ ...call, id: `toolu_${query}`, input: { query } }));
  const twin = await startMessages({
    given: [[thought, ...calls] as Block[], [{ type: "text", text: "Seven [1]." }]],
  });
  expect((await run(twin)).state).toMatchObject({ stopReason: "answered", searches: 2 });
  expect(twin.taken()[1]?.messages.slice(1)).toMatchObject([
    { role: "assistant", content: [thought, ...calls] },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "toolu_a", content: expect.stringContaining("All about b.") },
        { type: "tool_result", tool_use_id: "toolu_b", content: expect.stringMatching(/^Answered together/) },
      ],
    },
  ]);
});

test("what is no thinking of this endpoint goes as text, and a refusal of that says what to do", async () => {
  const twin = await startMessages();
  const checkpointer = new MemorySaver();
  const begin = (modelName: string) =>
    createAgenticRag(
      { protocol: qwq, model: twin.model({ modelName }), engine: pagesEngine(), ...FIXED },
      { checkpointer },
    );
  await begin("claude-opus-4-8").invoke(INPUT, { ...thread(), interruptAfter: ["web-search"] });
  const other = begin("claude-sonnet-5");
  await other.invoke(null, thread());
  expect((await other.getState(thread())).values).toMatchObject({
    stopReason: "model-error",
    failure: { message: expect.stringMatching(/wants the reasoning before its calls back as it gave it/) },
  });
  expect(twin.refused).toHaveLength(1);
});

test("a server that does not know the cache is asked without", async () => {
  const twin = await startMessages({
    refuses: ({ cache_control }) =>
      cache_control === undefined ? undefined : "cache_control: Extra inputs are not permitted",
  });
  expect((await run(twin)).state).toMatchObject(ENDED);
  expect(twin.refused).toHaveLength(1);
});
