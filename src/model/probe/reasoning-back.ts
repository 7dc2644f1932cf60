import { readChatEvent } from "../chat-prefix/stream.ts";
import { joinParts } from "./chat-reply.ts";
import { readValues, sendProbe, type ProbeTarget } from "./request.ts";

/** Under which names a chat reads the reasoning of an earlier step; `needed`: it refuses a step without. */
export type ReasoningBack = "reasoning_content" | "reasoning" | "both" | "neither" | "needed" | "unclear";

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

async function promptTokens(
  target: ProbeTarget,
  fields: Readonly<Record<string, string>>,
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
    ],
    max_tokens: 1,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
    tools: [TOOL],
  };
  const reply = await sendProbe(target, `${target.baseUrl}/chat/completions`, JSON.stringify(body));
  if (reply.kind !== "answered") return reply.kind === "refused" ? "refused" : "unclear";
  const said = readValues(reply, (values) => ({
    kind: "said" as const,
    ...joinParts(values.map((value) => readChatEvent(value, target))),
  }));
  return said.kind === "said" ? (said.usage.promptTokens ?? "unclear") : "unclear";
}
