import type { ContinuationModel, ContinuationOptions, ModelUsage, PromptMessage } from "./model.ts";

/** A text that a model wrote to a prompt of its own, outside any turn. */
export interface GeneratedText {
  readonly text: string;
  /** True where the token limit ended it. */
  readonly cut: boolean;
  readonly usage: ModelUsage;
  /** What broke it off; `text` is what came before. Absent where nothing did. */
  readonly error?: unknown;
}

/** Asks a model for plain text, without tools. Never throws: see `error`. */
export async function generateText(
  model: ContinuationModel,
  messages: readonly PromptMessage[],
  options: ContinuationOptions,
): Promise<GeneratedText> {
  let text = "";
  try {
    for await (const chunk of model.continueText(messages, { ...options, calls: false })) {
      if (chunk.type === "end") return { text, cut: chunk.finishReason === "length", usage: chunk.usage };
      text += chunk.text;
    }
    return { text, cut: false, usage: {} };
  } catch (error) {
    return { text, cut: false, usage: {}, error };
  }
}
