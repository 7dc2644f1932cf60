import type {
  ContinuationModel,
  ContinuationOptions,
  ModelChunk,
  PromptMessage,
} from "../../src/model/model.ts";

export const HELLO: readonly PromptMessage[] = [{ role: "user", content: "Hello" }];

/** All chunks of one continuation, without the prompt that the first of them tells. */
export async function collect(
  model: ContinuationModel,
  options: ContinuationOptions = {},
  messages = HELLO,
): Promise<ModelChunk[]> {
  const chunks: ModelChunk[] = [];
  for await (const { prompt: _, ...chunk } of model.continueText(messages, options)) chunks.push(chunk);
  return chunks;
}

/** What was said, and the error that ended it. */
export async function collectUntilError(
  model: ContinuationModel,
  options: ContinuationOptions = {},
): Promise<{ text: string; error: unknown }> {
  let text = "";
  try {
    for await (const chunk of model.continueText(HELLO, options))
      if (chunk.type === "text") text += chunk.text;
  } catch (error) {
    return { text, error };
  }
  return { text, error: undefined };
}

/** The text chunks, joined. */
export function textOf(chunks: readonly ModelChunk[]): string {
  return chunks.map((chunk) => (chunk.type === "text" ? chunk.text : "")).join("");
}
