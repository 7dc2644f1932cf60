import type { RunnableConfig } from "@langchain/core/runnables";
import { MemorySaver } from "@langchain/langgraph";
import { expect, test } from "vitest";
import { createAgenticRag } from "../../../../src/graph/graph.ts";
import type { RunState } from "../../../../src/graph/state.ts";
import type { ResponsesOptions } from "../../../../src/model/native-tools/responses/responses.ts";
import { qwq } from "../../../../src/protocol/qwq/qwq.ts";
import { newFile, opened } from "../../../durability/checkpoints.ts";
import { FIXED, pagesEngine, thread } from "../../../graph/agent.ts";
import { QUERIES, thoughtOf } from "../twin.ts";
import { BARE, over } from "./over.ts";
import { outputOf, startResponses, type ResponsesBody } from "./twin.ts";

const INPUT = { question: "Which three facts?" };
const ENDED = {
  answered: true,
  stopReason: "answered",
  searches: 3,
  answer: expect.stringContaining("It is seven [[1]]"),
};

/** Three searches, each in a process of its own, then a fork before the second. Gives the requests up to the answer. */
async function searched(options: Partial<ResponsesOptions>, delivery: "stream" | "json" = "stream") {
  const twin = await startResponses({ delivery });
  const file = newFile();
  const engine = pagesEngine();
  const process = () => {
    const { checkpointer, store } = opened(file);
    const parts = { protocol: qwq, model: over(twin.url, { sampling: BARE, ...options }), engine, ...FIXED };
    return createAgenticRag(parts, { checkpointer, store });
  };
  for (const searches of [1, 2, 3]) {
    const input = searches === 1 ? INPUT : null;
    const state = await process().invoke(input, { ...thread(), interruptAfter: ["web-search"] });
    expect(state).toMatchObject({ searches });
  }
  const last = process();
  expect(await last.invoke(null, thread())).toMatchObject(ENDED);
  expect(engine.asked).toEqual(QUERIES);
  const prompts = [...twin.taken];

  const second: RunnableConfig[] = [];
  for await (const snapshot of last.getStateHistory(thread())) {
    const { searches } = snapshot.values as RunState;
    if (searches === 1 && snapshot.next.includes("generate")) second.push(snapshot.config);
  }
  const forked = async () => {
    expect(await process().invoke(null, second[0])).toMatchObject(ENDED);
    return twin.taken.slice(prompts.length);
  };
  return { twin, prompts, forked };
}

const result = (step: number) => ({
  type: "function_call_output",
  call_id: `call_${step}`,
  output: expect.stringContaining(`About ${QUERIES[step]}`),
});

test.each(["stream", "json"] as const)(
  "items go back value for value, from process to process and in a fork: %s",
  async (delivery) => {
    const { twin, prompts, forked } = await searched({}, delivery);
    const inputs = prompts.map(({ input }) => input);
    expect(inputs.map(({ length }) => length)).toEqual([2, 5, 8, 11]);
    for (const [at, input] of inputs.slice(1).entries()) {
      const before = inputs[at] ?? [];
      expect(JSON.stringify(input.slice(0, before.length))).toBe(JSON.stringify(before));
    }
    const steps = [0, 1, 2].flatMap((step) => [...outputOf(step), result(step)]);
    expect(inputs.at(-1)?.slice(2)).toEqual(steps);
    expect(prompts.every(({ store }) => store === false)).toBe(true);
    expect((await forked()).map(({ input }) => input)).toEqual(inputs.slice(1));
    expect(twin.refused).toEqual([]);
  },
);

const asked = (requests: readonly ResponsesBody[]) =>
  requests.map(({ previous_response_id: id, input }) => [id, input]);

test("where the server keeps its replies, only what has come since is said", async () => {
  const { twin, prompts, forked } = await searched({ store: true });
  const chained = [0, 1, 2].map((step) => [`resp_${step + 1}`, [result(step)]]);
  expect(asked(prompts)).toEqual([[undefined, [expect.anything(), expect.anything()]], ...chained]);
  expect(asked(await forked())).toEqual([chained[0], ["resp_5", [result(1)]], ["resp_6", [result(2)]]]);
  expect(twin.refused).toEqual([]);
});

test("where it has forgotten them, all is said again", async () => {
  const { twin, forked } = await searched({ store: true });
  twin.forget();
  expect((await forked())[0]?.input).toHaveLength(5);
  expect(twin.refused).toEqual(["Previous response with id 'resp_1' not found."]);
});

test("a reply of another origin is written anew, and taken", async () => {
  const twin = await startResponses();
  const parts = { protocol: qwq, engine: pagesEngine(), ...FIXED };
  const checkpointer = new MemorySaver();
  const agent = (modelName: string) =>
    createAgenticRag({ ...parts, model: over(twin.url, { sampling: BARE, modelName }) }, { checkpointer });
  await agent("gpt-5.5").invoke(INPUT, { ...thread(), interruptAfter: ["web-search"] });
  expect(await agent("gpt-5.6").invoke(null, thread())).toMatchObject(ENDED);
  expect(twin.taken[1]?.input.slice(2)).toEqual([
    {
      type: "message",
      role: "assistant",
      content: `${thoughtOf(0)}\n\nAnd so on.`,
    },
    { type: "function_call", call_id: "search001", name: "web_search", arguments: '{"query":"one"}' },
    { ...result(0), call_id: "search001" },
  ]);
  expect(twin.refused).toEqual([]);
});

test("the twin refuses what OpenAI refuses", async () => {
  const twin = await startResponses();
  const [reasoning, call] = outputOf(0);
  const output = { type: "function_call_output", call_id: "call_0", output: "x" };
  const tools = [{ type: "function", name: "web_search" }];
  const ask = async (body: object): Promise<void> => {
    await fetch(`${twin.url}/responses`, {
      method: "POST",
      body: JSON.stringify({ tools, input: [], ...body }),
    });
  };
  await ask({ input: [output] });
  await ask({ input: [reasoning, output] });
  await ask({ input: [call, output] });
  await ask({ input: [reasoning, call] });
  await ask({ input: [{ ...reasoning, encrypted_content: "gAAAAABo0+/-" }, call, output] });
  await ask({ top_k: 40 });
  await ask({ tools: [{ type: "function", function: { name: "web_search" } }] });
  expect(twin.refused).toEqual([
    "No tool call found for function call output with call_id call_0.",
    "Item 'rs_0' of type 'reasoning' was provided without its required following item.",
    "Item 'fc_0' of type 'function_call' was provided without its required 'reasoning' item: 'rs_0'.",
    "No tool output found for function call call_0.",
    "The encrypted content gAAAAABo0+/- could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
    "Unknown parameter: 'top_k'.",
    "Missing required parameter: 'tools[0].name'.",
  ]);
  expect(twin.taken).toEqual([]);
});
