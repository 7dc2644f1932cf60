import type { ModelChunk, SentPrompt } from "../model.ts";

/** The chunks of a reply, the first of them with the prompt that it answers. */
export async function* tellingPrompt(
  chunks: AsyncIterable<ModelChunk>,
  prompt: SentPrompt,
): AsyncGenerator<ModelChunk> {
  let isFirst = true;
  for await (const chunk of chunks) {
    yield isFirst ? { ...chunk, prompt } : chunk;
    isFirst = false;
  }
}
