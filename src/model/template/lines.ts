import type { PromptMessage } from "../../turn.ts";

/** What stands before and behind the content of a turn. */
type Around = readonly [before: string, behind: string];

/** How a line of models writes a conversation up to the assistant's open turn. */
export interface Frame {
  readonly begin: string;
  readonly turns: Readonly<Record<PromptMessage["role"], Around>>;
  /** Opens the assistant's turn. */
  readonly opens: string;
}

/** A response and the call that it answers. */
export interface Answered {
  readonly body: string;
  /** What the model wrote since the last response, with the closing tag that it may have left out. */
  readonly called: string;
  /** How many responses stand before it in this turn. */
  readonly before: number;
}

/**
 * A line of models that takes the results of a call in a turn of its own, as a row: how its conversation is framed, how its
 * reasoning begins and ends, what is written from the end of a call to where the model goes on, and what ends its turns.
 */
export interface ModelLine {
  readonly name: string;
  readonly frame: Frame;
  /** What its reasoning begins with, and what ends it before an answer. */
  readonly think: Around;
  /** Ends the assistant's turn behind a call, holds the response, and opens the next turn, without its `think`. */
  readonly splice: (answered: Answered) => string;
  /** It thinks anew behind a response; false: it goes on with what it says. */
  readonly rethinks: boolean;
  /** Control tokens that end its turns: stop strings where a server does not know them for that. */
  readonly ends: readonly string[];
}

const CHATML: Frame = {
  begin: "",
  turns: {
    system: ["<|im_start|>system\n", "<|im_end|>\n"],
    user: ["<|im_start|>user\n", "<|im_end|>\n"],
    assistant: ["<|im_start|>assistant\n", "<|im_end|>\n"],
  },
  opens: "<|im_start|>assistant\n",
};

/** ChatML, and a response between `before` and `behind`; earlier answers have `history` before them. */
function chatml(name: string, answer: string, before: string, behind: string, history = ""): ModelLine {
  const assistant: Around = [`${CHATML.opens}${history}`, "<|im_end|>\n"];
  return {
    name,
    frame: { ...CHATML, turns: { ...CHATML.turns, assistant } },
    think: ["<think>\n", answer],
    splice: ({ body }) => `${before}${body}${behind}${CHATML.opens}<think>\n`,
    rethinks: true,
    ends: ["<|im_end|>"],
  };
}

/** GLM, with `gap` where its templates up to 4.6 break the line. */
function glm(name: string, gap: string): ModelLine {
  return {
    name,
    frame: {
      begin: "[gMASK]<sop>",
      turns: {
        system: [`<|system|>${gap}`, ""],
        user: [`<|user|>${gap}`, ""],
        assistant: [`<|assistant|>${gap === "" ? "</think>" : "\n<think></think>\n"}`, ""],
      },
      opens: "<|assistant|>",
    },
    think: [`${gap}<think>`, `</think>${gap}`],
    splice: ({ body }) =>
      `<|observation|>${gap}<tool_response>${gap}${body}${gap}</tool_response><|assistant|>${gap}<think>`,
    rethinks: true,
    ends: ["<|observation|>", "<|user|>"],
  };
}

const DEEPSEEK_END = "<｜end▁of▁sentence｜>";

/** DeepSeek; the token that begins its prompts is its tokenizer's. `behind`: from the end of the turn to the next thought. */
function deepseek(name: string, history: string, before: string, behind: string): ModelLine {
  return {
    name,
    frame: {
      begin: "",
      turns: {
        system: ["", ""],
        user: ["<｜User｜>", ""],
        assistant: [`<｜Assistant｜>${history}`, DEEPSEEK_END],
      },
      opens: "<｜Assistant｜>",
    },
    think: ["<think>", "</think>"],
    splice: ({ body }) => `${DEEPSEEK_END}${before}${body}${behind}`,
    rethinks: behind.endsWith("<think>"),
    ends: [DEEPSEEK_END],
  };
}

/** The id that Kimi gave its call, which stands in its text; else the one that it would have had. */
function kimiId({ called, before }: Answered): string {
  return /.*\b(functions\.[\w-]+:\d+)/s.exec(called)?.[1] ?? `functions.web_search:${before}`;
}

const kimi: ModelLine = {
  name: "kimi-k2",
  frame: {
    begin: "",
    turns: {
      system: ["<|im_system|>system<|im_middle|>", "<|im_end|>"],
      user: ["<|im_user|>user<|im_middle|>", "<|im_end|>"],
      assistant: ["<|im_assistant|>assistant<|im_middle|><think></think>", "<|im_end|>"],
    },
    opens: "<|im_assistant|>assistant<|im_middle|>",
  },
  think: ["<think>", "</think>"],
  splice: (answered) =>
    `<|im_end|><|im_system|>tool<|im_middle|>## Return of ${kimiId(answered)}\n${answered.body}<|im_end|>` +
    "<|im_assistant|>assistant<|im_middle|><think>",
  rethinks: true,
  ends: ["<|im_end|>"],
};

const minimax: ModelLine = {
  name: "minimax-m2",
  frame: {
    begin: "]~!b[",
    turns: {
      system: ["]~b]system\n", "[e~[\n"],
      user: ["]~b]user\n", "[e~[\n"],
      assistant: ["]~b]ai\n", "[e~[\n"],
    },
    opens: "]~b]ai\n",
  },
  think: ["<think>\n", "\n</think>\n\n"],
  splice: ({ body }) => `[e~[\n]~b]tool\n<response>${body}</response>[e~[\n]~b]ai\n<think>\n`,
  rethinks: true,
  ends: ["[e~["],
};

const ANALYSIS = "<|channel|>analysis<|message|>";

/** The recipient of the call, which the result names as its author. */
function harmonyTool(called: string): string {
  return /.*\bto=(functions\.[\w-]+)/s.exec(called)?.[1] ?? "functions.web_search";
}

const harmony: ModelLine = {
  name: "harmony",
  frame: {
    begin:
      "<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\nKnowledge cutoff: 2024-06\n\n" +
      "Reasoning: medium\n\n# Valid channels: analysis, commentary, final. Channel must be included for every message.<|end|>",
    turns: {
      system: ["<|start|>developer<|message|># Instructions\n\n", "\n\n<|end|>"],
      user: ["<|start|>user<|message|>", "<|end|>"],
      assistant: ["<|start|>assistant<|channel|>final<|message|>", "<|end|>"],
    },
    opens: "<|start|>assistant",
  },
  think: [ANALYSIS, "<|end|><|start|>assistant<|channel|>final<|message|>"],
  splice: ({ body, called }) =>
    `${called.trimEnd().endsWith("<|call|>") ? "" : "<|end|>"}<|start|>${harmonyTool(called)} to=assistant` +
    `<|channel|>commentary<|message|>${JSON.stringify(body)}<|end|><|start|>assistant${ANALYSIS}`,
  rethinks: true,
  ends: ["<|call|>", "<|return|>"],
};

const qwen = chatml(
  "qwen3",
  "\n</think>\n\n",
  "<|im_end|>\n<|im_start|>user\n<tool_response>\n",
  "\n</tool_response><|im_end|>\n",
);

const step = chatml(
  "step-3.5",
  "\n</think>\n",
  "<|im_end|>\n<|im_start|>tool_response\n<tool_response>",
  "</tool_response><|im_end|>\n",
);

const nemotron = chatml(
  "nemotron-3",
  "\n</think>\n",
  "\n<|im_end|>\n<|im_start|>user\n<tool_response>\n",
  "\n</tool_response>\n<|im_end|>\n",
  "<think></think>",
);

/** Its results are plain turns of a user, and each of its answers has thoughts before it. */
const mirothinker = chatml(
  "mirothinker",
  "\n</think>\n\n",
  "<|im_end|>\n<|im_start|>user\n",
  "<|im_end|>\n",
  "<think>\n\n</think>\n\n",
);

const glm45 = glm("glm-4.5", "\n");
const glm47 = glm("glm-4.7", "");
const deepseek31 = deepseek(
  "deepseek-v3.1",
  "<think></think>",
  "<｜tool▁output▁begin｜>",
  "<｜tool▁output▁end｜>",
);
const deepseek32 = deepseek(
  "deepseek-v3.2",
  "</think>",
  "\n\n<function_results>\n<result>",
  "</result>\n</function_results>\n\n<think>",
);
const deepseek4 = deepseek(
  "deepseek-v4",
  "<think></think>",
  "<｜User｜><tool_result>",
  "</tool_result><｜Assistant｜><think>",
);

/** Every line but the one of QwQ, `in-turn`, which is that of all unknown models, too. */
export const MODEL_LINES: readonly ModelLine[] = [
  qwen,
  step,
  nemotron,
  mirothinker,
  glm45,
  glm47,
  deepseek31,
  deepseek32,
  deepseek4,
  kimi,
  minimax,
  harmony,
];

/** What only the chat template of a line holds: all of `marks`, and none of `not`. The first that fits counts. */
const TEMPLATES: readonly (readonly [line: ModelLine, marks: readonly string[], not?: string])[] = [
  [mirothinker, ["<use_mcp_tool>", "<|im_start|>", "reasoning_content"]],
  [deepseek4, ["｜DSML｜", "<tool_result>"]],
  [deepseek32, ["｜DSML｜", "<function_results>"]],
  [deepseek31, ["<｜tool▁output▁begin｜>", "<think>"], "<｜tool▁outputs▁begin｜>"],
  [kimi, ["<|im_middle|>", "## Return of", "<think>"]],
  [minimax, ["]~b]tool", "<response>"]],
  [harmony, ["<|start|>functions.", "to=assistant"]],
  [glm45, ["<|observation|>", String.raw`\n<tool_response>`, String.raw`\n<think>`]],
  [glm47, ["<|observation|>", "<tool_response>", "</think>"]],
  [step, ["<|im_start|>tool_response", "<tool_response>", "<think>"]],
  [nemotron, ["<|im_start|>", String.raw`\n</tool_response>\n`, "<think>"]],
  [qwen, ["<|im_start|>user", String.raw`\n</tool_response>`, "reasoning_content"]],
];

/** Names of models, in lower case, a `-` between their parts; the first that fits counts. `null`: within the turn. */
const NAMES: readonly (readonly [name: RegExp, line: ModelLine | null])[] = [
  // made of another line, or without thinking, whatever their names say besides
  [/qwq|distill|(?:^|-)r1(?:-|$)|qwen-?3.*(?:coder|instruct)/, null],
  [/mirothinker/, mirothinker],
  [/tongyi|deepresearch|webdancer|websailor|qwen-?3/, qwen],
  [/step(?:fun)?-?3\.[5-9]/, step],
  [/nemotron-?3/, nemotron],
  [/glm-?4\.[56]/, glm45],
  [/glm-?(?:4\.[7-9]|[5-9])/, glm47],
  [/deepseek-?v?3\.(?:1|2-exp)/, deepseek31],
  [/deepseek-?v?3\.[2-9]/, deepseek32],
  [/deepseek-?v?[4-9]/, deepseek4],
  [/kimi-?k2(?:\.[5-9]|.*thinking)/, kimi],
  [/minimax-?m2/, minimax],
  [/gpt-?oss/, harmony],
];

/**
 * The line of a model that takes results in a turn of its own, as its chat template tells or, where that is not known, its
 * name; `undefined` for QwQ and whatever is unknown, which take them within the turn.
 */
export function lineOf(model: {
  readonly name: string;
  readonly template?: string | undefined;
}): ModelLine | undefined {
  const plain = model.name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-");
  const named = NAMES.find(([pattern]) => pattern.test(plain))?.[1];
  const { template } = model;
  if (template === undefined || named === null) return named ?? undefined;
  return TEMPLATES.find(
    ([, marks, not]) =>
      marks.every((mark) => template.includes(mark)) && (not === undefined || !template.includes(not)),
  )?.[0];
}

/** The line of this name; `undefined` where there is none, as in a thread of another version. */
export function lineNamed(name: string): ModelLine | undefined {
  return MODEL_LINES.find((line) => line.name === name);
}
