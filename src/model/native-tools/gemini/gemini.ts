import { contentUrl, GOOGLE_KEY_HEADER } from "../../server/google.ts";
import { thinkingConfig } from "../../server/reasoning.ts";
import { ToolsModel, type ToolsModelOptions, type ToolsWire } from "../tools-model.ts";
import { keepParts, readParts, toContents, type Parts } from "./contents.ts";
import { createContentReading } from "./stream.ts";

/** Of the dialect `google`, whatever it is set to. */
export type GeminiOptions = Omit<ToolsModelOptions, "dialect">;

/**
 * A model behind Gemini's own `generateContent`. The parts of each reply are kept with their thought signatures and go back
 * value for value. Sampling is sent only where it is set.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures
 *
 * @throws `settings-invalid` for a base URL that is none.
 */
export function createGeminiModel(options: GeminiOptions): ToolsModel<Parts> {
  return new ToolsModel({ ...options, dialect: "google" }, createGeminiWire(options.stream !== "off"));
}

/** The words with which a model that does not think refuses to be told how. */
const DOES_NOT_THINK =
  /thinking(?:_?config|_?level|_?budget)?\b.{0,40}(?:not supported|unsupported|not enabled)/i;

function createGeminiWire(streams: boolean): ToolsWire<Parts> {
  let thinks = true;
  return {
    family: "native-tools",
    form: "gemini",
    url: ({ baseUrl, modelName }) => contentUrl(baseUrl, modelName, streams),
    asksContext: false,
    keyHeader: GOOGLE_KEY_HEADER,
    fixed: new Set(["role", "parts"]),
    read: readParts,
    messages: toContents,
    body({ sent }, { maxTokens, given, reasoning, tools, calls, form }) {
      const { temperature, topP, topK, seed, presencePenalty, frequencyPenalty } = given;
      const [first] = sent;
      const generationConfig = {
        ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
        ...(temperature != null && { temperature }),
        ...(topP != null && { topP }),
        ...(topK != null && { topK }),
        ...(seed != null && { seed }),
        ...(presencePenalty != null && { presencePenalty }),
        ...(frequencyPenalty != null && { frequencyPenalty }),
        ...(thinks && { thinkingConfig: thinkingConfig(reasoning) }),
        ...(form !== undefined && {
          responseMimeType: "application/json",
          responseJsonSchema: form.schema,
        }),
      };
      return {
        ...(first?.["role"] === "system" && { systemInstruction: { parts: first["parts"] } }),
        contents: sent.filter(({ role }) => role !== "system"),
        ...(tools.length > 0 && {
          tools: [{ functionDeclarations: tools.map((tool) => tool.function) }],
          ...(!calls && { toolConfig: { functionCallingConfig: { mode: "NONE" } } }),
        }),
        generationConfig,
      };
    },
    heeds(words) {
      if (!thinks || !DOES_NOT_THINK.test(words)) return false;
      thinks = false;
      return true;
    },
    reply({ origin }) {
      const reading = createContentReading();
      return {
        read: reading.read,
        keep: (said, { finishReason }) =>
          finishReason === "stop" ? keepParts(origin, said, reading.given) : undefined,
      };
    },
  };
}
