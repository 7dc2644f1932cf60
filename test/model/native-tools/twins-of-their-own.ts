import { pieces } from "../../../src/model/exchange/stop-strings.ts";
import { ANSWER, callDeltas, callOf, strict, thoughtOf, type Message, type Twin } from "./twin.ts";

const minimaxMessage = (step: number): Message => ({
  role: "assistant",
  content: `<think>\n${thoughtOf(step)}</think>\n\n${step < 3 ? "Let me look." : ANSWER}`,
  ...(step < 3 && { tool_calls: [callOf(step, `call_function_${step}`)] }),
});

export function minimax(): Twin {
  return {
    name: "MiniMax",
    dialect: "minimax",
    deltas: (step) => [
      { role: "assistant", content: "" },
      ...pieces(String(minimaxMessage(step)["content"]), 3).map((part) => ({ content: part })),
      ...(step < 3 ? callDeltas(step, `call_function_${step}`) : []),
    ],
    whole: minimaxMessage,
    back: minimaxMessage,
  };
}

const details = (step: number) => [
  {
    type: "reasoning.text",
    text: thoughtOf(step),
    signature: `sig=${step}/+`,
    format: "anthropic-claude-v1",
    index: 0,
  },
  {
    type: "reasoning.encrypted",
    data: `gAAAA${step}==`,
    id: `rs_${step}`,
    format: "openai-responses-v1",
    index: 1,
  },
];

const openrouterMessage = (step: number): Message => ({
  role: "assistant",
  content: step < 3 ? "" : ANSWER,
  reasoning: thoughtOf(step),
  reasoning_details: details(step),
  ...(step < 3 && { tool_calls: [callOf(step, `toolu_${step}`)] }),
});

export function openrouter(): Twin {
  return {
    name: "OpenRouter",
    dialect: "openrouter",
    deltas(step) {
      const [text, encrypted] = details(step);
      const empty = { role: "assistant", content: "" };
      return [
        ...pieces(thoughtOf(step), 5).map((part) => ({
          ...empty,
          reasoning: part,
          reasoning_details: [{ type: "reasoning.text", text: part, format: text?.format, index: 0 }],
        })),
        { ...empty, reasoning_details: [{ ...text, text: "" }] },
        { ...empty, reasoning_details: [encrypted] },
        ...(step < 3 ? callDeltas(step, `toolu_${step}`) : [{ content: ANSWER }]),
      ];
    },
    whole: openrouterMessage,
    back: openrouterMessage,
    refuses: (sent, step) =>
      ordered(sent["reasoning_details"]) === ordered(details(step))
        ? undefined
        : "Invalid `signature` in `thinking` block",
  };
}

/** A value as JSON, whatever the order of its fields. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([left], [right]) => (left < right ? -1 : 1)))
      : one,
  );
}

const signature = (step: number) => ({
  extra_content: { google: { thought_signature: `EpwDCpkD${step}+/=` } },
});
const geminiId = (step: number): string => `function-call-${step}`;

const geminiMessage = (step: number): Message =>
  step < 3
    ? { role: "assistant", content: null, tool_calls: [callOf(step, geminiId(step), signature(step))] }
    : { role: "assistant", content: ANSWER };

export function gemini(): Twin {
  const unknown = strict(
    [],
    (field, at) =>
      `Invalid JSON payload received. Unknown name "${field}" at 'messages[${at}]': Cannot find field.`,
  );
  return {
    name: "Gemini over the OpenAI route",
    dialect: "gemini",
    deltas: (step) =>
      step < 3
        ? [
            {
              role: "assistant",
              tool_calls: [{ index: 0, ...callOf(step, geminiId(step), signature(step)) }],
            },
          ]
        : [{ role: "assistant", content: ANSWER }],
    whole: geminiMessage,
    back: geminiMessage,
    refuses: (sent, step, at) =>
      unknown(sent, step, at) ??
      (JSON.stringify(sent["tool_calls"]).includes(signature(step).extra_content.google.thought_signature)
        ? undefined
        : `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:web_search\`, position ${at}.`),
  };
}

const chunks = (step: number) => [{ type: "thinking", thinking: [{ type: "text", text: thoughtOf(step) }] }];

const mistralMessage = (step: number): Message =>
  step < 3
    ? { role: "assistant", content: chunks(step), tool_calls: [callOf(step, `abcdefgh${step}`)] }
    : { role: "assistant", content: [...chunks(step), { type: "text", text: ANSWER }] };

export function mistral(): Twin {
  return {
    name: "Mistral",
    dialect: "mistral",
    deltas: (step) => [
      { role: "assistant", content: "" },
      ...pieces(thoughtOf(step), 6).map((text) => ({
        content: [{ type: "thinking", thinking: [{ type: "text", text }] }],
      })),
      ...(step < 3 ? callDeltas(step, `abcdefgh${step}`) : [{ content: ANSWER }]),
    ],
    whole: mistralMessage,
    back: mistralMessage,
    refuses: strict(
      [],
      (field, at) => `body.messages.${at}.assistant.${field}: Extra inputs are not permitted`,
    ),
  };
}

const openaiMessage = (step: number): Message => ({
  role: "assistant",
  content: step < 3 ? null : ANSWER,
  ...(step < 3 && { tool_calls: [callOf(step, `call_${step}`)] }),
});

export function openai(): Twin {
  return {
    name: "OpenAI",
    dialect: "openai",
    deltas: (step) => [
      { role: "assistant", content: step < 3 ? null : "", refusal: null },
      ...(step < 3 ? callDeltas(step, `call_${step}`) : [{ content: ANSWER }]),
    ],
    whole: (step) => ({ ...openaiMessage(step), refusal: null, annotations: null }),
    back: openaiMessage,
    refuses: strict([], (field) => `Additional properties are not allowed ('${field}' was unexpected)`),
  };
}
