import { AgenticRagError } from "../../errors.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import { REFUSES_FIELDS } from "../exchange/obeying-fetch.ts";
import type { JsonObject } from "./delta-merge.ts";

/** Anthropic, Gemini, DeepSeek, Moonshot and OpenAI, where the reasoning before a call is not given back as it was. */
const MISSES_REASONING = new RegExp(
  [
    "encrypted content .{0,80}could not be verified",
    "without its required .{0,20}item",
    "must start with a thinking block",
    "thinking\\b.{0,80}cannot be modified",
    "invalid `?signature`? in `?thinking`?",
    "thought[_ ]?signature",
    "(?:reasoning_content|thinking)\\b.{0,80}(?:must be passed back|is missing)",
  ].join("|"),
  "i",
);

/** Anthropic: a Claude up to 4.5 is told to think as later ones do, or a later one as those. */
const NO_ADAPTIVE = /adaptive[^.]{0,60}(?:not supported|unsupported|does not support)/i;
const ONLY_ADAPTIVE = /thinking\.type\.enabled[^.]{0,60}not supported|use .{0,20}thinking\.type\.adaptive/i;

/** OpenAI, for GPT-5.4 and later. */
const REFUSES_TOOLS = /function tools with reasoning_effort are not supported/i;

/** Names the cause and the way out where a provider refuses a conversation with tools. */
export function nameReplayRefusal(failure: unknown, { baseUrl, modelName }: RequestTarget): unknown {
  if (!AgenticRagError.isInstance(failure) || failure.code !== "model-rejected") return failure;
  const { message, facts } = failure;
  const said = /\((\d{3}: .*)\)/s.exec(message)?.[1] ?? "400";
  const fail = (text: string): AgenticRagError => new AgenticRagError("model-rejected", text, { facts });
  if (REFUSES_TOOLS.test(message)) {
    return fail(
      `The model "${modelName}" at ${baseUrl} takes tools in its chat only where it does not reason (${said}). ` +
        "Set AGENTIC_RAG_MODEL_FAMILY to responses, or AGENTIC_RAG_MODEL_REASONING to off.",
    );
  }
  if (ONLY_ADAPTIVE.test(message)) {
    return fail(
      `The model "${modelName}" at ${baseUrl} thinks as much as it chooses, without a budget (${said}). ` +
        "Take thinking out of AGENTIC_RAG_MODEL_BODY, and set AGENTIC_RAG_MODEL_REASONING to on, or to an effort.",
    );
  }
  if (NO_ADAPTIVE.test(message)) {
    return fail(
      `The model "${modelName}" at ${baseUrl} thinks with a budget only (${said}). Leave AGENTIC_RAG_MODEL_REASONING out, and set ` +
        'AGENTIC_RAG_MODEL_BODY to {"thinking": {"type": "enabled", "budget_tokens": 4096}}.',
    );
  }
  if (!MISSES_REASONING.test(message)) return failure;
  return fail(
    `The model "${modelName}" at ${baseUrl} wants the reasoning before its calls back as it gave it (${said}). This turn ` +
      "has none of that: it was edited, or begun with another endpoint, model or version. Ask the question anew, or " +
      "switch the model's thinking off.",
  );
}

/** The fields of messages that a refusal names. */
export function refusedFields(message: string, messages: readonly JsonObject[]): readonly string[] {
  if (!REFUSES_FIELDS.test(message)) return [];
  const names = new Set(messages.flatMap((one) => Object.keys(one)));
  return [...names].filter((name) => isNamed(name, message));
}

function isNamed(field: string, text: string): boolean {
  return /^[\w-]+$/.test(field) && new RegExp(`(?<![\\w-])${field}(?![\\w-])`).test(text);
}
