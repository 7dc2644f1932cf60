import { readChatEvent } from "../chat-prefix/stream.ts";
import type { ServerDialect } from "../server/dialects.ts";
import { joinParts } from "./chat-reply.ts";
import { readValues, sendProbe, type ProbeTarget } from "./request.ts";

/** Under which names a chat reads the reasoning of an earlier step; `needed`: it refuses a step without. */
export type ReasoningBack = "reasoning_content" | "reasoning" | "both" | "neither" | "needed" | "unclear";

/**
 * Whether the thinking of earlier questions is read; the name of a switch where it is with that alone: `preserve_thinking` of
 * Qwen and Step, `clear_thinking: false` of GLM.
 */
export type ThinkingKept = "kept" | "dropped" | "preserve_thinking" | "clear_thinking" | "unclear";

/** No template and no model has these words, so that their tokens are counted where they are read. */
const THOUGHT = Array.from({ length: 60 }, (_, at) => `zyx${at}qv`).join(" ");

/** Each of the words is two tokens at least. */
const LEAST_TOKENS = 60;

const TOOL = {
  type: "function",
  function: {
    name: "web_search",
    description: "Searches the web.",
    parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
  },
};

/**
 * Finds out which name a chat reads reasoning under: a step that is given back with a thought of nonsense has more tokens in
 * its prompt, if it was read.
 */
export async function probeReasoningBack(target: ProbeTarget): Promise<ReasoningBack> {
  const plain = await promptTokens(target, {});
  const content = await promptTokens(target, { reasoning_content: THOUGHT });
  const short = await promptTokens(target, { reasoning: THOUGHT });
  const isRead = (count: number | string): boolean =>
    typeof count === "number" && typeof plain === "number" && count - plain >= LEAST_TOKENS;
  if (plain === "refused") {
    return typeof content === "number" || typeof short === "number" ? "needed" : "unclear";
  }
  if (plain === "unclear" || content === "unclear" || short === "unclear") return "unclear";
  if (isRead(content)) return isRead(short) ? "both" : "reasoning_content";
  return isRead(short) ? "reasoning" : "neither";
}

/** How servers are told to keep the thinking of earlier questions. */
const SWITCHES = {
  template: [
    ["preserve_thinking", { chat_template_kwargs: { preserve_thinking: true } }],
    ["clear_thinking", { chat_template_kwargs: { clear_thinking: false } }],
  ],
  zai: [["clear_thinking", { thinking: { type: "enabled", clear_thinking: false } }]],
} as const;

const SWITCHES_OF: Partial<Record<ServerDialect, (typeof SWITCHES)[keyof typeof SWITCHES]>> = {
  vllm: SWITCHES.template,
  sglang: SWITCHES.template,
  llamacpp: SWITCHES.template,
  tgi: SWITCHES.template,
  zai: SWITCHES.zai,
};

/**
 * Finds out whether a chat reads the thinking of an earlier question, which is given back under the name that it is read
 * under within a question: by itself, or with one of the switches that servers of its kind have.
 */
export async function probeThinkingKept(
  target: ProbeTarget,
  dialect: ServerDialect,
  back: ReasoningBack,
): Promise<ThinkingKept> {
  const field = back === "reasoning" ? back : "reasoning_content";
  const isRead = async (more: Readonly<Record<string, unknown>>): Promise<boolean | "unclear"> => {
    const short = await promptTokens(target, { [field]: "Hm." }, { [field]: "Hm." }, more);
    const long = await promptTokens(target, { [field]: THOUGHT }, { [field]: "Hm." }, more);
    if (typeof short !== "number" || typeof long !== "number") return "unclear";
    return long - short >= LEAST_TOKENS;
  };
  const byItself = await isRead({});
  if (byItself !== false) return byItself === true ? "kept" : byItself;
  for (const [name, fields] of SWITCHES_OF[dialect] ?? []) {
    if ((await isRead(fields)) === true) return name;
  }
  return "dropped";
}

/** The same as a sentence; undefined where nothing was found out. */
export function sayThinkingKept(kept: ThinkingKept | undefined): string | undefined {
  if (kept === undefined || kept === "unclear") return undefined;
  if (kept === "kept") return "The server reads the thinking of earlier questions, too.";
  if (kept === "dropped") return "The server leaves the thinking of earlier questions out.";
  const value = kept === "preserve_thinking";
  return `The server leaves the thinking of earlier questions out, and reads it with ${kept}: ${value}.`;
}

/** @param answered what is put to the answer of the question, which another one follows; undefined: it has no answer yet */
async function promptTokens(
  target: ProbeTarget,
  fields: Readonly<Record<string, string>>,
  answered?: Readonly<Record<string, string>>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<number | "refused" | "unclear"> {
  const body = {
    model: target.modelName,
    messages: [
      { role: "user", content: "How is the weather in Rome?" },
      {
        role: "assistant",
        content: "",
        ...fields,
        tool_calls: [
          {
            id: "search001",
            type: "function",
            function: { name: "web_search", arguments: '{"query":"Rome"}' },
          },
        ],
      },
      { role: "tool", tool_call_id: "search001", name: "web_search", content: "Sunny." },
      ...(answered === undefined
        ? []
        : [
            { role: "assistant", content: "It is sunny.", ...answered },
            { role: "user", content: "And in Paris?" },
          ]),
    ],
    max_tokens: 1,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
    tools: [TOOL],
    ...more,
  };
  const reply = await sendProbe(target, `${target.baseUrl}/chat/completions`, JSON.stringify(body));
  if (reply.kind !== "answered") return reply.kind === "refused" ? "refused" : "unclear";
  const said = readValues(reply, (values) => ({
    kind: "said" as const,
    ...joinParts(values.map((value) => readChatEvent(value, target))),
  }));
  return said.kind === "said" ? (said.usage.promptTokens ?? "unclear") : "unclear";
}
