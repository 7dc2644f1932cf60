import { AgenticRagError } from "../../errors.ts";
import type { Dialect, Finish, Reading } from "./dialect.ts";
import type { PreparedRequest } from "./prepare.ts";
import { type RequestTarget, badReply, truncated } from "../exchange/http-failure.ts";
import type { ModelChunk, ModelUsage } from "../model.ts";
import { createAligner, type Sampled } from "./token-align.ts";

/**
 * The chunks of a streamed completion. What comes after the finish (usage, `[DONE]`) is welcome but not needed: a
 * connection that breaks there has lost nothing.
 *
 * @throws `model-truncated` when the reply ends without a finish reason, `model-bad-reply` for a part that is none,
 * and what a reported error says.
 */
export async function* readCompletion(
  parts: AsyncIterable<string>,
  target: RequestTarget,
  { dialect, prompt, align }: Pick<PreparedRequest, "dialect" | "prompt" | "align">,
): AsyncGenerator<ModelChunk> {
  const aligner = createAligner(align);
  let finish: Finish | undefined;
  let usage: ModelUsage = {};
  try {
    for await (const data of parts) {
      if (data.trim() === "[DONE]") break;
      const reading = readPart(data, target, dialect);
      for (const sampled of await aligner.read(reading)) yield toChunk(sampled);
      finish = reading.finish ?? finish;
      usage = { ...usage, ...reading.usage };
    }
  } catch (error) {
    const lost = error instanceof AgenticRagError && error.code !== "model-timeout";
    if (finish === undefined || lost) {
      for (const sampled of aligner.rest()) yield toChunk(sampled);
      throw error;
    }
  }
  if (finish === undefined) {
    for (const sampled of aligner.rest()) yield toChunk(sampled);
    throw truncated(target);
  }
  const { texts, ending } = await aligner.end(finish);
  for (const sampled of texts) yield toChunk(sampled);
  const promptForm = typeof prompt === "string" ? "text" : "tokens";
  yield { type: "end", ...ending, usage, promptForm };
}

function toChunk({ text, tokenIds, logprobs }: Sampled): ModelChunk {
  return {
    type: "text",
    text,
    ...(tokenIds !== undefined && { tokenIds }),
    ...(logprobs !== undefined && { logprobs }),
  };
}

function readPart(data: string, target: RequestTarget, dialect: Dialect): Reading {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw badReply(target, "an event that is not JSON", error);
  }
  return dialect.read(value, target);
}
