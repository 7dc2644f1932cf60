import { pieces } from "../../../src/model/exchange/stop-strings.ts";
import { ANSWER, callDeltas, callOf, strict, thoughtOf, type Message, type Twin } from "./twin.ts";
import { gemini, minimax, mistral, openai, openrouter } from "./twins-of-their-own.ts";

/** Twins whose reasoning is a text in a field. */
function inField(
  name: string,
  dialect: Twin["dialect"],
  field: string,
  {
    ids = (step: number) => `call_${step}`,
    alsoAs = [],
    refuses,
    said = null,
  }: {
    ids?: (step: number) => string;
    alsoAs?: readonly string[];
    refuses?: Twin["refuses"];
    said?: string | null;
  } = {},
): Twin {
  const message = (step: number): Message =>
    step < 3
      ? { role: "assistant", content: said, [field]: thoughtOf(step), tool_calls: [callOf(step, ids(step))] }
      : { role: "assistant", content: ANSWER, [field]: thoughtOf(step) };
  return {
    name,
    dialect,
    deltas: (step) => [
      { role: "assistant", content: said, [field]: "" },
      ...pieces(thoughtOf(step), 4).map((part) => ({ [field]: part })),
      ...(step < 3 ? callDeltas(step, ids(step)) : pieces(ANSWER, 6).map((part) => ({ content: part }))),
    ],
    whole: message,
    back: (step) => ({
      ...message(step),
      ...Object.fromEntries(alsoAs.map((other) => [other, thoughtOf(step)])),
    }),
    ...(refuses !== undefined && { refuses }),
  };
}

/** Refuses a call whose reasoning is not what was given. */
const wants =
  (field: string, words: (at: number) => string): Twin["refuses"] =>
  (message, step, at) =>
    message[field] === thoughtOf(step) ? undefined : words(at);

/** Sources: the servers' documentation and the reports that quote their refusals; each says who wants what back. */
export const TWINS: readonly Twin[] = [
  inField("DeepSeek", "deepseek", "reasoning_content", {
    ids: (step) => `call_00_${step}`,
    said: "",
    refuses: wants(
      "reasoning_content",
      () => "The `reasoning_content` in the thinking mode must be passed back to the API.",
    ),
  }),
  inField("Kimi", "moonshot", "reasoning_content", {
    ids: (step) => `functions.web_search:${step}`,
    said: "",
    refuses: wants(
      "reasoning_content",
      (at) =>
        `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${at}`,
    ),
  }),
  inField("GLM", "zai", "reasoning_content"),
  minimax(),
  openrouter(),
  inField("vLLM", "vllm", "reasoning", { ids: (step) => `chatcmpl-tool-${step}` }),
  inField("Ollama", "ollama", "reasoning", { said: "" }),
  inField("LocalAI", "localai", "reasoning"),
  inField("SGLang", "sglang", "reasoning_content"),
  inField("llama.cpp", "llamacpp", "reasoning_content"),
  inField("LM Studio", "lmstudio", "reasoning", { alsoAs: ["reasoning_content"] }),
  inField("an unknown server", "auto", "reasoning_content", { alsoAs: ["reasoning"] }),
  {
    ...inField("an unknown, strict server", "auto", "reasoning", {
      refuses: strict(
        ["reasoning"],
        (field, at) =>
          `'messages.${at}' : for 'role:assistant' the following must be satisfied[('messages.${at}' : property '${field}' is unsupported)]`,
      ),
    }),
    learns: true,
  },
  inField("a server with a field of its own", "auto", "inner_monologue"),
  gemini(),
  mistral(),
  openai(),
];
