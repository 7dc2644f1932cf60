import { describe, expect, it } from "vitest";
import {
  dialectOf,
  DIALECT_NAMES,
  writtenCall,
  type DialectName,
} from "../../../src/protocol/dialects/asked-dialect.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { read, transcribed } from "../wire.ts";

const ASKED = { question: "Why?", history: [], date: "2026-11-22", maxSearches: 5 };

describe.each(DIALECT_NAMES)("the prompt for %s", (dialect) => {
  it("asks for a call that is read as one, and stands in the whole prompt to the letter", () => {
    const shown = writtenCall(dialect, "web_search", "query", "what to look for");
    const [system] = qwq.open({ ...ASKED, dialect, maxPages: 2 }).messages;
    expect(system?.content).toContain(shown);
    expect(system?.content).toContain(writtenCall(dialect, "open_url", "url", "its address"));
    expect(transcribed(qwq, read(qwq, [`Hm.\n${shown}`]))).toMatchObject({
      outcome: "call",
      call: { kind: "search", queries: ["what to look for"] },
    });
  });

  it("explains a fault in its own terms", () => {
    const fault = { kind: "fault", fault: "malformed", detail: "No.", dialect } as const;
    const told = qwq.respond(fault);
    expect(told.includes('{"action": "web_search"')).toBe(dialect === "qwq");
  });
});

it("without a dialect the prompt is that of QwQ", () => {
  expect(qwq.open(ASKED)).toEqual(qwq.open({ ...ASKED, dialect: "qwq" }));
});

it.each<[string, DialectName]>([
  ["QwQ-32B-AWQ", "qwq"],
  ["some-model", "qwq"],
  ["", "qwq"],
  ["Qwen/Qwen3-32B", "hermes"],
  ["qwen3:8b", "hermes"],
  ["Alibaba-NLP/Tongyi-DeepResearch-30B-A3B", "hermes"],
  ["NousResearch/Hermes-4-70B", "hermes"],
  ["Qwen/Qwen3.5-4B", "qwen-xml"],
  ["qwen3.6:35b", "qwen-xml"],
  ["Qwen3-Coder-480B", "qwen-xml"],
  ["stepfun-ai/Step-3.7-Flash", "qwen-xml"],
  ["nvidia/Nemotron-3-Nano-30B", "qwen-xml"],
  ["zai-org/GLM-4.6", "glm"],
  ["glm-5.1", "glm"],
  ["deepseek-ai/DeepSeek-V3.2", "deepseek"],
  ["deepseek-v4-flash", "deepseek"],
  ["deepseek-reasoner", "deepseek"],
  ["deepseek-ai/DeepSeek-V3-0324", "deepseek-v3"],
  ["DeepSeek-R1-Distill-Qwen-32B", "qwq"],
  ["moonshotai/Kimi-K2-Thinking", "kimi"],
  ["MiniMaxAI/MiniMax-M2", "minimax"],
  ["openai/gpt-oss-20b", "harmony"],
  ["google/gemma-4-26B-A4B-it", "gemma"],
  ["gemma-3-27b-it", "qwq"],
  ["mistralai/Magistral-Small-2509", "mistral"],
  ["miromind-ai/MiroThinker-v1.0-30B", "mirothinker"],
])("the model %j was trained in %s", (name, dialect) => {
  expect(dialectOf({ name })).toBe(dialect);
});

it.each<[string, DialectName]>([
  ["{%- for t in calls %}<tool_call>\n<function={{ t.name }}>", "qwen-xml"],
  ["<tool_call>{{ t.name }}\n<arg_key>{{ k }}</arg_key>", "glm"],
  ["<｜DSML｜function_calls>", "deepseek"],
  ["<｜tool▁calls▁begin｜>", "deepseek-v3"],
  ["<|start|>assistant<|channel|>commentary to=functions.x <|constrain|>json<|message|>", "harmony"],
  ["[TOOL_CALLS]", "mistral"],
  ["<|tool_call>call:", "gemma"],
  ['<tool_call>\n{"name": {{ t.name }}', "qwq"],
])("the template %j tells it before any name", (template, dialect) => {
  expect(dialectOf({ template, name: "QwQ-32B" })).toBe(dialect);
});

it.each<[string, DialectName]>([
  ["some-model", "hermes"],
  ["Qwen3-8B", "hermes"],
  ["QwQ-32B", "qwq"],
  ["GLM-4.6", "glm"],
])("a template with the tags of Hermes alone leaves it to the name %j", (name, dialect) => {
  expect(dialectOf({ template: '<tool_call>\n{"name": {{ t.name }}', name })).toBe(dialect);
});
