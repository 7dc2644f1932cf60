import type {
  ContinuationModel,
  ContinuationOptions,
  ModelChunk,
  PromptMessage,
} from "../../src/model/model.ts";

export const HELLO: readonly PromptMessage[] = [{ role: "user", content: "Hello" }];

/** All chunks of one continuation, however its text was cut, without the prompt that the first of them tells. */
export async function collect(...asked: Parameters<typeof asItCame>): Promise<ModelChunk[]> {
  return joined(await asItCame(...asked));
}

/** The same, each text as it was handed on. */
export async function asItCame(
  model: ContinuationModel,
  options: ContinuationOptions = {},
  messages = HELLO,
): Promise<ModelChunk[]> {
  const chunks: ModelChunk[] = [];
  for await (const { prompt: _, ...chunk } of model.continueText(messages, options)) chunks.push(chunk);
  return chunks;
}

/** The chunks with each text that tells nothing more at the end of the one before: how the network cuts a reply is chance. */
export function joined(chunks: readonly ModelChunk[]): ModelChunk[] {
  const found: ModelChunk[] = [];
  for (const chunk of chunks) {
    const before = found.at(-1);
    const isBare = Object.keys(chunk).every((name) => name === "type" || name === "text");
    if (before?.type === "text" && chunk.type === "text" && isBare && !tellsTokens(before)) {
      found.splice(-1, 1, { ...before, text: before.text + chunk.text });
    } else {
      found.push(chunk);
    }
  }
  return found;
}

function tellsTokens(chunk: ModelChunk): boolean {
  return chunk.tokenIds !== undefined || chunk.logprobs !== undefined;
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
