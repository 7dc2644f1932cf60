import { readFileSync } from "node:fs";
import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { CORPUS_FOLDER } from "../../../src/assemble/assemble.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import type { SearchEngine } from "../../../src/search/engine.ts";
import { json, type PlainReply } from "../../servers/completions.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { startOllama, tokensOf } from "../../servers/ollama.ts";
import { ask, call, FIXED, transcriptText } from "../agent.ts";

const ANSWER = "Ok.\n</think>\n\nFound [1].";
const LEFT_OUT = "(the rest was left out to save room)";

/** Sources of about 1,000 tokens, each line of which can be told from all others. */
function engineOf(sources: number, lines = 120): SearchEngine {
  return {
    name: "pages",
    search: (query) =>
      Promise.resolve({
        status: "found",
        results: Array.from({ length: sources }, (_, at) => ({
          title: `About ${query}`,
          url: `https://example.org/${query}/${at + 1}`,
          text: Array.from(
            { length: lines },
            (__, line) => `Line ${line} of ${query} ${at + 1}, its words differ.`,
          ).join("\n"),
        })),
      }),
  };
}

function agentOf(model: { baseUrl: string; contextTokens?: number }, engine: SearchEngine) {
  return createAgenticRag(
    {
      protocol: qwq,
      model: createCompletionsModel({ modelName: "qwq", maxRetries: 0, ...model }),
      engine,
      ...FIXED,
    },
    { checkpointer: new MemorySaver() },
  );
}

/** The words in which servers refuse a prompt that is too long. */
type Refusal = (tokens: number, window: number) => PlainReply;
const bad = (error: Readonly<Record<string, unknown>>): PlainReply => ({ status: 400, ...json({ error }) });
const LLAMA: Refusal = (tokens, window) =>
  bad({
    code: 400,
    type: "exceed_context_size_error",
    message: `request (${tokens} tokens) exceeds the available context size (${window} tokens), try increasing it`,
    n_prompt_tokens: tokens,
    n_ctx: window,
  });
const VLLM: Refusal = (tokens, window) =>
  bad({
    message: `This model's maximum context length is ${window} tokens. However, your request has ${tokens} input tokens. Please reduce the length of the input messages.`,
    type: "BadRequestError",
  });
const MUTE: Refusal = () => bad({ message: "the input length exceeds the context length" });

/** A server with a window, which it keeps to itself unless `tells`. */
async function windowed(
  window: number,
  says: readonly string[],
  { refusal = LLAMA, tells = false }: { refusal?: Refusal; tells?: boolean } = {},
) {
  let said = 0;
  const endpoint = await startEndpoint({
    facts: tells ? { "/v1/models": { data: [{ id: "qwq", owned_by: "vllm", max_model_len: window }] } } : {},
    completions: ({ prompt }) => {
      const tokens = tokensOf(prompt);
      if (tokens > window) return refusal(tokens, window);
      const text = says[said++] ?? "";
      return { text, usage: { prompt_tokens: tokens, completion_tokens: tokensOf(text) } };
    },
  });
  return {
    url: endpoint.url,
    prompts: (): readonly string[] =>
      endpoint.requests.flatMap(({ route, body }) =>
        route === "POST /v1/completions" ? [String(body?.["prompt"])] : [],
      ),
  };
}

test.each([
  ["llama.cpp", LLAMA],
  ["vLLM", VLLM],
])(
  "%s refuses what is a little too long: no more than must go is cut, the newest is whole",
  async (_, refusal) => {
    const server = await windowed(8_192, [call("a"), call("b"), ANSWER], { refusal });
    const { state, events } = await ask(agentOf({ baseUrl: server.url }, engineOf(5, 110)), "Q?");
    expect(state).toMatchObject({ stopReason: "answered", searches: 2 });
    const sizes = server.prompts().map(tokensOf);
    expect(sizes).toHaveLength(4);
    expect(sizes[2]).toBeGreaterThan(8_192);
    // what must go, and the room for a reply
    expect(sizes[3]).toBeLessThanOrEqual(8_192 - 1_024);
    expect(sizes[3]).toBeGreaterThan(8_192 - 1_024 - 100);
    const [, , full = "", cut = ""] = server.prompts();
    // the newest response as it is, and of the older one all but its end
    expect(cut.split(LEFT_OUT)).toHaveLength(2);
    const at = cut.indexOf(LEFT_OUT);
    expect(full.startsWith(cut.slice(0, at - 3))).toBe(true);
    expect(full.endsWith(cut.slice(cut.indexOf("</tool_response>", at)))).toBe(true);
    expect(cut.slice(0, at)).toContain("Line 50 of a 1,");
    for (const query of ["b 1", "b 3", "b 5"]) expect(cut).toContain(`Line 109 of ${query},`);
    // the transcript keeps all, and the person is told
    expect(transcriptText(state)).toContain("Line 109 of a 5,");
    const cutBytes = Buffer.byteLength(full) - Buffer.byteLength(cut);
    expect(state.usage.cutBytes).toBe(cutBytes);
    expect(events).toContainEqual({ type: "context-full", which: "old", cutBytes });
  },
);

test("what is cut further later leaves the prompt before it as it is", async () => {
  const server = await windowed(8_192, [call("a"), call("b"), call("c"), ANSWER]);
  const { state } = await ask(agentOf({ baseUrl: server.url }, engineOf(5, 110)), "Q?");
  expect(state).toMatchObject({ stopReason: "answered", searches: 3 });
  const prompts = server.prompts().filter((prompt) => tokensOf(prompt) <= 8_192);
  expect(prompts).toHaveLength(4);
  const [, , first = "", second = ""] = prompts;
  // the oldest is cut at an earlier place, or as short as can be and then the next
  const at = second.indexOf(LEFT_OUT);
  expect(first.startsWith(second.slice(0, at - 3))).toBe(true);
  for (const source of ["c 1", "c 3", "c 5"]) expect(second).toContain(`Line 109 of ${source},`);
});

test("a server that names no numbers has a quarter cut at a time", async () => {
  const server = await windowed(6_000, [call("a"), call("b"), ANSWER], { refusal: MUTE });
  const { state } = await ask(agentOf({ baseUrl: server.url }, engineOf(5, 110)), "Q?");
  expect(state).toMatchObject({ stopReason: "answered", searches: 2 });
  const sizes = server.prompts().map(tokensOf);
  expect(sizes.length).toBeLessThanOrEqual(6);
  expect(sizes.at(-1)).toBeGreaterThan(6_000 * 0.6);
});

test("when nothing is left to cut, the run ends with the reason", async () => {
  const server = await windowed(250, [call("a")]);
  const { state } = await ask(agentOf({ baseUrl: server.url }, engineOf(1, 100)), "Q?");
  expect(state).toMatchObject({
    stopReason: "model-error",
    answered: false,
    failure: { code: "model-context-overflow" },
  });
});

test("a window of 4,096 tokens that is told, and five sources of 1,000: what fits is shown, and nothing is refused", async () => {
  const server = await windowed(4_096, [call("a"), ANSWER], { tells: true });
  const { state, events } = await ask(agentOf({ baseUrl: server.url }, engineOf(5)), "Q?");
  expect(state).toMatchObject({ stopReason: "answered", searches: 1, condensed: 0 });
  const prompts = server.prompts();
  expect(prompts).toHaveLength(2);
  const [before = 0, after = 0] = prompts.map(tokensOf);
  // a quarter stays for the reply, and most of the rest is used
  expect(after).toBeLessThanOrEqual(4_096 * 0.75);
  expect(after).toBeGreaterThan(4_096 * 0.75 - 600);
  const shown = state.sources.map(({ number }) => number);
  expect(shown.length).toBeGreaterThanOrEqual(2);
  expect(prompts[1]).toContain("Line 79 of a 1,");
  expect(events).toContainEqual({
    type: "context-full",
    which: "new",
    contextTokens: 4_096,
    cutBytes: state.usage.cutBytes,
  });
  expect(state.usage.cutBytes).toBeGreaterThan((5 * 1_000 - (after - before)) * 3);
});

test("searches behind it: the older results make room for the newer ones, and the run goes on to its answer", async () => {
  const server = await windowed(4_096, [call("a"), call("b"), call("c"), ANSWER], { tells: true });
  const { state } = await ask(agentOf({ baseUrl: server.url }, engineOf(5)), "Q?");
  expect(state).toMatchObject({ stopReason: "answered", searches: 3 });
  for (const prompt of server.prompts()) expect(tokensOf(prompt)).toBeLessThanOrEqual(4_096 - 256);
  expect(server.prompts().at(-1)).toContain("Line 5 of c 1,");
});

const OLLAMAS: readonly (readonly [
  name: string,
  options: { loaded?: boolean; context?: number; fileContext?: number },
  contextTokens: number | undefined,
])[] = [
  ["by default", {}, undefined],
  ["loaded with more", { loaded: true, context: 16_384 }, undefined],
  ["set in its file", { fileContext: 2_048 }, undefined],
  ["asked for by a setting", {}, 16_384],
];

test.each(OLLAMAS)(
  "Ollama's context %s: all that fits is shown, none is lost in silence",
  async (_, options, contextTokens) => {
    const server = await startOllama({ says: [call("a"), ANSWER], ...options });
    const model = { baseUrl: server.url, ...(contextTokens !== undefined && { contextTokens }) };
    const { state, events } = await ask(agentOf(model, engineOf(5)), "Q?");
    expect(state).toMatchObject({ stopReason: "answered", searches: 1, condensed: 0 });
    const size = contextTokens ?? options.context ?? options.fileContext ?? 4_096;
    expect(state.opening?.model.contextTokens).toBe(size);
    const sent = server.generated();
    expect(sent).toHaveLength(2);
    for (const { options: asked } of sent) expect(asked.num_ctx).toBe(contextTokens);
    const tokens = tokensOf(sent[1]?.prompt ?? "");
    const cut = events.filter(({ type }) => type === "context-full");
    const { cutBytes } = state.usage;
    const isRoomy = size === 16_384;
    expect(cutBytes === undefined).toBe(isRoomy);
    expect(cut).toEqual(
      isRoomy ? [] : [{ type: "context-full", which: "new", contextTokens: size, cutBytes }],
    );
    expect(new Set(state.sources.map(({ number }) => number)).size === 5).toBe(isRoomy);
    expect(tokens).toBeGreaterThan(isRoomy ? 4_096 : size * 0.75 - 600);
  },
);

test("a reply that the full context cuts off goes on where older results have made room", async () => {
  const reasoning = ["bm25", "rope", "react", "ollama", "langgraph"]
    .map((name) => readFileSync(`${CORPUS_FOLDER}/${name}.md`, "utf8"))
    .join("\n");
  const server = await startOllama({
    says: [call("a"), reasoning, " And so I know.\n</think>\n\nFound [1]."],
  });
  const { state } = await ask(agentOf({ baseUrl: server.url }, engineOf(5)), "Q?");
  expect(state).toMatchObject({ stopReason: "answered", answered: true });
  expect(state.answer).toContain("Found");
  expect(state.spent).toBeNull();
});
