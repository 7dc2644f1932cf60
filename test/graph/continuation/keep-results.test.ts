import { describe, expect, test } from "vitest";
import { eventLine } from "../../../src/cli/view/event-lines.ts";
import { createAgenticRag, type AgenticRag } from "../../../src/graph/graph.ts";
import type { RunState } from "../../../src/graph/state.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import type { ContinuationModel } from "../../../src/model/model.ts";
import { protocols } from "../../../src/protocol/index.ts";
import { newFile, opened } from "../../durability/checkpoints.ts";
import { startTwin } from "../../model/native-tools/twin-server.ts";
import { TWINS } from "../../model/native-tools/twins.ts";
import { startEndpoint } from "../../servers/endpoint.ts";
import { ask, call, FIXED, pagesEngine, scripted, thread, transcriptText } from "../agent.ts";

const OMITTED = "Tool result is omitted to save tokens.";
const SAYS = ["one", "two", "three"].map((query) => `I look.\n${call(query)}`);
const STEPS = [...SAYS, "Enough.\n</think>\n\nIt is seven [1]."];

/** A raw server that says these, one after the other. */
async function raw(steps: readonly string[], modelName: string) {
  let at = 0;
  const endpoint = await startEndpoint({
    completions: () => ({ text: steps[at++] ?? "", usage: { prompt_tokens: 900, completion_tokens: 9 } }),
  });
  const model = () =>
    createCompletionsModel({ baseUrl: endpoint.url, modelName, dialect: "generic", maxRetries: 0 });
  const prompts = (): readonly string[] =>
    endpoint.requests.flatMap(({ body }) => (body === undefined ? [] : [String(body["prompt"])]));
  return { model, prompts };
}

/** Three searches and an answer, the process ended after each, of which the last result alone is shown. */
async function run(
  model: () => ContinuationModel,
  protocol: keyof typeof protocols,
  keepResults = 1,
): Promise<RunState> {
  const file = newFile();
  const process = (): AgenticRag => {
    const { checkpointer, store } = opened(file);
    const parts = { protocol: protocols[protocol], model: model(), engine: pagesEngine(), ...FIXED };
    return createAgenticRag({ ...parts, limits: { keepResults } }, { checkpointer, store });
  };
  for (const searches of [1, 2, 3]) {
    const input = searches === 1 ? { question: "Which three facts?" } : null;
    const state = await process().invoke(input, { ...thread(), interruptAfter: ["web-search"] });
    expect(state).toMatchObject({ searches });
  }
  const last = process();
  await last.invoke(null, thread());
  return (await last.getState(thread())).values as RunState;
}

/** The texts between two tags. */
function between(text: string, open: string, close: string): readonly string[] {
  return text
    .split(open)
    .slice(1)
    .map((part) => part.slice(0, part.indexOf(close)));
}

function responses(prompt = ""): readonly string[] {
  return between(prompt, "<tool_response>\n", "\n</tool_response>");
}

function without(prompt: string): string {
  return prompt.replaceAll(/<tool_response>\n.*?\n<\/tool_response>/gs, "<tool_response/>");
}

describe.each([
  ["within the turn", "QwQ-32B"],
  ["in turns of their own", "Qwen3-32B"],
])("over raw completions, results %s", (_, modelName) => {
  test("all but the last are sent as one sentence, all else is as it would be", async () => {
    const [kept, whole] = [await raw(STEPS, modelName), await raw(STEPS, modelName)];
    const state = await run(kept.model, "qwq");
    await run(whole.model, "qwq", 100);
    const [first, second, third, last] = kept.prompts();
    expect([first, second]).toEqual(whole.prompts().slice(0, 2));
    expect(responses(third)).toEqual([OMITTED, responses(whole.prompts()[2])[1]]);
    expect(responses(last)).toEqual([OMITTED, OMITTED, responses(whole.prompts()[3])[2]]);
    expect(kept.prompts().map(without)).toEqual(whole.prompts().map(without));
    expect(state).toMatchObject({ stopReason: "answered", usage: { omittedResults: 2 } });
    for (const query of ["one", "two", "three"])
      expect(transcriptText(state)).toContain(`All about ${query}.`);
    expect(transcriptText(state)).not.toContain(OMITTED);
  });
});

test("another protocol has it between its own tags", async () => {
  const steps = ["one", "two"].map((query) => `<search> ${query} </search>`);
  const { model, prompts } = await raw([...steps, "<answer> seven </answer>"], "Search-R1");
  const file = newFile();
  const { checkpointer, store } = opened(file);
  const parts = { protocol: protocols["search-r1"], model: model(), engine: pagesEngine(), ...FIXED };
  await createAgenticRag({ ...parts, limits: { keepResults: 1 } }, { checkpointer, store }).invoke(
    { question: "Which facts?" },
    thread(),
  );
  const shown = between(prompts()[2] ?? "", "\n\n<information>", "</information>\n\n");
  expect(shown.slice(-2)).toEqual([OMITTED, expect.stringContaining("All about two.")]);
});

const NATIVE = TWINS.filter(({ dialect }) => ["deepseek", "minimax", "openrouter"].includes(dialect));

test.each(NATIVE.map((twin) => [twin.name, twin] as const))(
  "over native tools, %s: results alone are left out, and its own messages go back as they were",
  async (_, twin) => {
    const server = await startTwin(twin);
    const state = await run(() => server.model(), "qwq");
    expect(state).toMatchObject({ stopReason: "answered", usage: { omittedResults: 2 } });
    const messages = server.taken().at(-1)?.body.messages ?? [];
    const results = messages.filter(({ role }) => role === "tool").map(({ content }) => content);
    expect(results).toEqual([OMITTED, OMITTED, expect.stringContaining("All about three.")]);
    for (const step of [0, 1, 2]) expect(messages[2 + 2 * step]).toEqual(twin.back(step));
  },
);

test("each result is told once, when it goes", async () => {
  const { agent, model } = scripted(STEPS, { limits: { keepResults: 2 } });
  const { state, events } = await ask(agent, "Which three facts?");
  expect(events.filter(({ type }) => type === "results-omitted")).toEqual([
    { type: "results-omitted", count: 1, kept: 2 },
  ]);
  expect(state.usage.omittedResults).toBe(1);
  expect(eventLine({ type: "results-omitted", count: 1, kept: 2 })?.text).toBe(
    "The model is shown its last 2 results alone: 1 older one is not any more.",
  );
  expect(model.calls.at(-1)?.messages.at(-1)?.content.split(OMITTED)).toHaveLength(2);
});

test("a context asks for it, and without it all are shown", async () => {
  for (const [context, omitted] of [
    [{ keepResults: 1 }, 2],
    [{}, undefined],
  ] as const) {
    const { agent } = scripted(STEPS);
    const { state } = await ask(agent, "Which three facts?", { context });
    expect(state.usage.omittedResults).toBe(omitted);
  }
});

test("what is asked again is shown again", async () => {
  const steps = [...SAYS.slice(0, 2), SAYS[0] ?? "", STEPS[3] ?? ""];
  const { agent, model } = scripted(steps, { limits: { keepResults: 1 } });
  await ask(agent, "Which facts?");
  const last = model.calls.at(-1)?.messages.at(-1)?.content ?? "";
  expect(between(last, "<tool_response>\n", "\n</tool_response>").at(-1)).toContain("All about one.");
});
