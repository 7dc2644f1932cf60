import { expect, test } from "vitest";
import { createScriptedModel } from "../../../src/model/scripted.ts";
import { dialectOf, writtenCall, type DialectName } from "../../../src/protocol/dialects/asked-dialect.ts";
import { ask, scripted } from "../agent.ts";

function named(name: string, dialect: DialectName) {
  const model = createScriptedModel([
    `Hm.\n${writtenCall(dialect, "web_search", "nothing", "x")}`,
    `I look.\n${writtenCall(dialect, "web_search", "query", "Mount Kenya")}`,
    "So.\n</think>\n\nIt is high [1].",
  ]);
  return Object.assign(model, { modelName: name });
}

test.each([
  ["Qwen3.5-4B", "qwen-xml"],
  ["zai-org/GLM-4.7-Flash", "glm"],
  ["deepseek-ai/DeepSeek-V3.2", "deepseek"],
  ["moonshotai/Kimi-K2-Thinking", "kimi"],
  ["MiniMaxAI/MiniMax-M2", "minimax"],
  ["openai/gpt-oss-20b", "harmony"],
  ["Qwen/Qwen3-8B", "hermes"],
  ["Qwen/QwQ-32B", "qwq"],
] as const)("%s is asked for calls as it was trained to write them: %s", async (name, dialect) => {
  expect(dialectOf({ name })).toBe(dialect);
  const model = named(name, dialect);
  const { agent, asked } = scripted([], { model });
  const { state } = await ask(agent, "How high is Mount Kenya?");
  expect(state.opening?.dialect).toBe(dialect === "qwq" ? undefined : dialect);
  expect(state.opening?.messages[0]?.content).toContain(
    writtenCall(dialect, "web_search", "query", "what to look for"),
  );
  expect([asked, state.repairs, state.answer]).toEqual([
    ["Mount Kenya"],
    1,
    "It is high [[1]](https://example.org/Mount%20Kenya).",
  ]);
  const prompts = model.calls.map(({ prompt }) => prompt);
  for (const [at, prompt] of prompts.slice(1).entries())
    expect(prompt.startsWith(prompts[at] ?? "?")).toBe(true);
});
