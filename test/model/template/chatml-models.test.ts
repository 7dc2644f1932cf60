import { expect, test } from "vitest";
import { usesChatml } from "../../../src/model/template/chatml-models.ts";

test.each([
  "QwQ-32B",
  "Qwen/Qwen3-8B",
  "qwen2.5:7b-instruct",
  "qwq",
  "hf.co/bartowski/QwQ-32B-GGUF:Q4_K_M",
  "NousResearch/Hermes-3-Llama-3.1-8B",
  "nous-hermes2:10.7b",
  "OpenHermes-2.5-Mistral-7B",
  "01-ai/Yi-1.5-34B-Chat",
  "yi:34b",
  "dolphin-mixtral",
  "internlm2-chat-7b",
  "HuggingFaceTB/SmolLM2-1.7B-Instruct",
  "Alibaba-NLP/Tongyi-DeepResearch-30B-A3B",
  "PeterJinGo/SearchR1-nq_hotpotqa_train-qwen2.5-7b-em-ppo",
  "search-r1",
])("%s speaks ChatML", (name) => {
  expect(usesChatml(name)).toBe(true);
});

test.each([
  "meta-llama/Llama-3.3-70B-Instruct",
  "DeepSeek-R1-Distill-Qwen-32B",
  "deepseek-ai/DeepSeek-R1",
  "NousResearch/Hermes-4-70B",
  "PeterJinGo/SearchR1-nq_hotpotqa_train-llama3.2-3b-em-ppo",
  "mistralai/Magistral-Small-2506",
  "google/gemma-3-27b-it",
  "openai/gpt-oss-20b",
  "my-model",
  "scripted",
  "yield",
  "",
])("of %j it is not known", (name) => {
  expect(usesChatml(name)).toBe(false);
});
