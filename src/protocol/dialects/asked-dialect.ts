/** How a model line writes its calls, as a prompt can ask for it. */
export type DialectName =
  | "qwq"
  | "hermes"
  | "qwen-xml"
  | "glm"
  | "deepseek"
  | "deepseek-v3"
  | "kimi"
  | "minimax"
  | "harmony"
  | "gemma"
  | "mistral"
  | "mirothinker";

/** A call of one tool with one argument, to its end. `value` holds no quotes and no control characters. */
type WriteCall = (tool: string, field: string, value: string) => string;

const json = (field: string, value: string): string => `{"${field}": "${value}"}`;

const WRITTEN: Readonly<Record<DialectName, WriteCall>> = {
  qwq: (tool, field, value) =>
    `<tool_call>\n{"action": "${tool}", "action_input": ${json(field, value)}}\n</tool_call>`,
  hermes: (tool, field, value) =>
    `<tool_call>\n{"name": "${tool}", "arguments": ${json(field, value)}}\n</tool_call>`,
  "qwen-xml": (tool, field, value) =>
    `<tool_call>\n<function=${tool}>\n<parameter=${field}>\n${value}\n</parameter>\n</function>\n</tool_call>`,
  glm: (tool, field, value) =>
    `<tool_call>${tool}\n<arg_key>${field}</arg_key>\n<arg_value>${value}</arg_value>\n</tool_call>`,
  deepseek: (tool, field, value) =>
    `<｜DSML｜function_calls>\n<｜DSML｜invoke name="${tool}">\n<｜DSML｜parameter name="${field}" string="true">${value}</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>`,
  "deepseek-v3": (tool, field, value) =>
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>${tool}<｜tool▁sep｜>${json(field, value)}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
  kimi: (tool, field, value) =>
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.${tool}:0<|tool_call_argument_begin|>${json(field, value)}<|tool_call_end|><|tool_calls_section_end|>`,
  minimax: (tool, field, value) =>
    `<minimax:tool_call>\n<invoke name="${tool}">\n<parameter name="${field}">${value}</parameter>\n</invoke>\n</minimax:tool_call>`,
  harmony: (tool, field, value) =>
    `<|channel|>commentary to=functions.${tool} <|constrain|>json<|message|>${json(field, value)}<|call|>`,
  gemma: (tool, field, value) => `<|tool_call>call:${tool}{${field}:<|"|>${value}<|"|>}<tool_call|>`,
  mistral: (tool, field, value) => `[TOOL_CALLS]${tool}[ARGS]${json(field, value)}`,
  mirothinker: (tool, field, value) =>
    `<use_mcp_tool>\n<server_name>search_and_scrape_webpage</server_name>\n<tool_name>${tool}</tool_name>\n<arguments>\n${json(field, value)}\n</arguments>\n</use_mcp_tool>`,
};

/** A call as a prompt shows it to a model of this dialect. */
export function writtenCall(dialect: DialectName, tool: string, field: string, value: string): string {
  return WRITTEN[dialect](tool, field, value);
}

/** Every dialect that a prompt can ask for. */
export const DIALECT_NAMES: readonly DialectName[] = Object.keys(WRITTEN).filter(isDialectName);

/** Tells a dialect's name, such as one that was kept with an opened question, from any other text. */
function isDialectName(name: string): name is DialectName {
  return Object.hasOwn(WRITTEN, name);
}

/** What only the chat template of a line that writes its calls so holds; the first that fits counts. */
const TEMPLATES: readonly (readonly [mark: string, dialect: DialectName])[] = [
  ["｜DSML｜", "deepseek"],
  ["<｜tool▁calls▁begin｜>", "deepseek-v3"],
  ["<|tool_calls_section_begin|>", "kimi"],
  ["<minimax:tool_call>", "minimax"],
  ["<use_mcp_tool>", "mirothinker"],
  ["<arg_key>", "glm"],
  ["<function=", "qwen-xml"],
  ["<|tool_call>", "gemma"],
  ["<|constrain|>", "harmony"],
  ["<|start|>functions.", "harmony"],
  ["[TOOL_CALLS]", "mistral"],
];

/** Names of models, in lower case, a `-` between their parts; the first that fits counts. */
const NAMES: readonly (readonly [name: RegExp, dialect: DialectName])[] = [
  [/qwq/, "qwq"],
  [/mirothinker/, "mirothinker"],
  [/gpt-?oss/, "harmony"],
  [/deepseek-(?:v?3\.[2-9]|v?[4-9]|chat|reasoner)/, "deepseek"],
  [/deepseek-v?3/, "deepseek-v3"],
  // its older lines were not trained to call, whatever model they were made of
  [/deepseek/, "qwq"],
  [/kimi/, "kimi"],
  [/minimax/, "minimax"],
  [/glm-?(?:4\.[5-9]|[5-9])/, "glm"],
  [/qwen-?3(?:\.[5-9]|-coder)|step-?3\.[5-9]|nemotron-?3/, "qwen-xml"],
  [/gemma-?[4-9]/, "gemma"],
  [/devstral|magistral|ministral|mistral/, "mistral"],
  [/qwen-?3|hermes|tongyi|deepresearch|webdancer|websailor/, "hermes"],
];

/**
 * The dialect that a model was trained to write its calls in, as far as its chat template or its name tells; QwQ's own
 * where neither does. Calls are read in every dialect: this only decides which one the prompt asks for.
 *
 * @param model.template the text of its chat template, which says more than a name
 */
export function dialectOf(model: {
  readonly name?: string | undefined;
  readonly template?: string | undefined;
}): DialectName {
  const { name = "", template = "" } = model;
  const told = TEMPLATES.find(([mark]) => template.includes(mark));
  if (told !== undefined) return told[1];
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-");
  const named = NAMES.find(([pattern]) => pattern.test(plain))?.[1];
  // these tags alone stand around the JSON of Hermes, but QwQ's template has them, too
  return named ?? (template.includes("<tool_call>") ? "hermes" : "qwq");
}
