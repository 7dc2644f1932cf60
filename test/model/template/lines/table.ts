import { join } from "node:path";
import { writtenCall } from "../../../../src/protocol/dialects/asked-dialect.ts";

/** Where what is sent differs from what the model's own template writes, and how: once, or at the end of the prompt. */
export interface Difference {
  readonly words: string;
  /** `null`: the end of the prompt. */
  readonly theirs: string | null;
  readonly ours: string;
}

/** A line of models, how a model of it writes, and what its own chat template makes of the same conversation. */
export interface GoldenLine {
  readonly line: string;
  /** A name by which the line is known. */
  readonly model: string;
  /** Its template, in a folder of templates. */
  readonly template: string;
  /** From a thought to the call behind it. */
  readonly toCall: string;
  readonly call: (tool: string, query: string) => string;
  /** From the last thought to the answer, and what ends the turn. */
  readonly toAnswer: string;
  readonly end: string;
  /** The stop strings of the line, besides those of the protocol. */
  readonly stops: readonly string[];
  /** It thinks before its first call only. */
  readonly thinksOnce?: true;
  /** Its template knows its own form of a call in the text alone. */
  readonly callsInText?: true;
  readonly differences: readonly Difference[];
  /** The template drops the thoughts of this turn as soon as it is answered: the answer is not compared. */
  readonly drops?: true;
}

/** What the template made of the conversation, as `npm run render:templates` wrote it. */
export function fixtureOf({ template }: Pick<GoldenLine, "template">): string {
  return join(import.meta.dirname, `../../../fixtures/model/lines/${template.replace(/\.jinja$/, "")}.json`);
}

const THINK_LEFT: Difference = {
  words: "the template leaves it to the model to begin its thought",
  theirs: null,
  ours: "<think>\n",
};

const written =
  (dialect: Parameters<typeof writtenCall>[0]) =>
  (tool: string, query: string): string =>
    writtenCall(dialect, tool, "query", query);

const qwenXml = written("qwen-xml");

export const GOLDEN_LINES: readonly GoldenLine[] = [
  {
    line: "qwen3",
    model: "Qwen/Qwen3-32B",
    template: "Qwen-Qwen3-0.6B.jinja",
    toCall: "\n</think>\n\n",
    call: written("hermes"),
    toAnswer: "\n</think>\n\n",
    end: "<|im_end|>\n",
    stops: ["<|im_end|>"],
    differences: [THINK_LEFT],
  },
  {
    line: "qwen3",
    model: "Qwen/Qwen3.5-35B-A3B",
    template: "Qwen3.5-4B.jinja",
    toCall: "\n</think>\n\n",
    call: qwenXml,
    toAnswer: "\n</think>\n\n",
    end: "<|im_end|>\n",
    stops: ["<|im_end|>"],
    differences: [],
  },
  {
    line: "step-3.5",
    model: "stepfun-ai/Step-3.5-Flash",
    template: "StepFun3.5-Flash.jinja",
    toCall: "\n</think>\n",
    call: qwenXml,
    toAnswer: "\n</think>\n",
    end: "<|im_end|>\n",
    stops: ["<|im_end|>"],
    differences: [],
  },
  {
    line: "nemotron-3",
    model: "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B",
    template: "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16.jinja",
    toCall: "\n</think>\n",
    call: qwenXml,
    toAnswer: "\n</think>\n",
    end: "<|im_end|>\n",
    stops: ["<|im_end|>"],
    differences: [],
  },
  {
    line: "mirothinker",
    model: "miromind-ai/MiroThinker-v1.0-30B",
    template: "MiroThinker-v1.jinja",
    toCall: "\n</think>\n\n",
    call: written("mirothinker"),
    toAnswer: "\n</think>\n\n",
    end: "<|im_end|>\n",
    stops: ["<|im_end|>"],
    callsInText: true,
    differences: [THINK_LEFT],
  },
  {
    line: "glm-4.5",
    model: "zai-org/GLM-4.6",
    template: "GLM-4.6.jinja",
    toCall: "</think>\n",
    call: written("glm"),
    toAnswer: "</think>\n",
    end: "",
    stops: ["<|observation|>", "<|user|>"],
    differences: [{ ...THINK_LEFT, ours: "\n<think>" }],
  },
  {
    line: "glm-4.7",
    model: "zai-org/GLM-4.7-Flash",
    template: "GLM-4.7-Flash.jinja",
    toCall: "</think>",
    call: (tool, query) =>
      `<tool_call>${tool}<arg_key>query</arg_key><arg_value>${query}</arg_value></tool_call>`,
    toAnswer: "</think>",
    end: "",
    stops: ["<|observation|>", "<|user|>"],
    differences: [],
  },
  {
    line: "deepseek-v3.1",
    model: "deepseek-ai/DeepSeek-V3.1",
    template: "deepseek-ai-DeepSeek-V3.1.jinja",
    toCall: "</think>",
    call: written("deepseek-v3"),
    toAnswer: "",
    end: "<｜end▁of▁sentence｜>",
    stops: ["<｜end▁of▁sentence｜>"],
    thinksOnce: true,
    differences: [
      {
        words: "the template keeps no thought with a call",
        theirs: "What is it?<｜Assistant｜><think></think>",
        ours: "What is it?<｜Assistant｜><think>I look at what is told.</think>",
      },
    ],
  },
  {
    line: "deepseek-v3.2",
    model: "deepseek-ai/DeepSeek-V3.2",
    template: "deepseek-ai-DeepSeek-V3.2.jinja",
    toCall: "</think>\n\n",
    call: written("deepseek"),
    toAnswer: "</think>",
    end: "<｜end▁of▁sentence｜>",
    stops: ["<｜end▁of▁sentence｜>"],
    differences: [],
  },
  {
    line: "deepseek-v4",
    model: "deepseek-ai/DeepSeek-V4-Flash",
    template: "deepseek-ai-DeepSeek-V4.jinja",
    toCall: "</think>\n\n",
    call: (tool, query) => written("deepseek")(tool, query).replaceAll("function_calls>", "tool_calls>"),
    toAnswer: "</think>",
    end: "<｜end▁of▁sentence｜>",
    stops: ["<｜end▁of▁sentence｜>"],
    differences: [],
  },
  {
    line: "kimi-k2",
    model: "moonshotai/Kimi-K2-Thinking",
    template: "Kimi-K2-Thinking.jinja",
    toCall: "</think>",
    call: written("kimi"),
    toAnswer: "</think>",
    end: "<|im_end|>",
    stops: ["<|im_end|>"],
    differences: [{ ...THINK_LEFT, ours: "<think>" }],
    drops: true,
  },
  {
    line: "minimax-m2",
    model: "MiniMaxAI/MiniMax-M2",
    template: "MiniMax-M2.jinja",
    toCall: "\n</think>\n\n\n",
    call: written("minimax"),
    toAnswer: "\n</think>\n\n",
    end: "[e~[\n",
    stops: ["[e~["],
    differences: [],
  },
  {
    line: "harmony",
    model: "openai/gpt-oss-120b",
    template: "openai-gpt-oss-120b.jinja",
    toCall: "<|end|>",
    call: (tool, query) =>
      `<|start|>assistant to=functions.${tool}<|channel|>commentary json<|message|>{"query": "${query}"}<|call|>`,
    toAnswer: "<|end|><|start|>assistant<|channel|>final<|message|>",
    end: "<|return|>",
    stops: ["<|call|>", "<|return|>"],
    differences: [
      { ...THINK_LEFT, ours: "<|channel|>analysis<|message|>" },
      {
        words: "the template writes the date of each request; the instructions hold the one of the question",
        theirs: "\nCurrent date: 2026-11-22",
        ours: "",
      },
    ],
    drops: true,
  },
];
