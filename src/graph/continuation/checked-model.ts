import { z } from "zod";
import { AgenticRagError, faultOf } from "../../errors.ts";
import type { ModelChunk, ModelDescription } from "../../model/model.ts";
import { openingSchema } from "../state.ts";
import { receivedSchema } from "./segment.ts";

const count = z.int().optional();
const tokens = {
  tokenIds: z.array(z.int()).optional(),
  logprobs: z.array(z.number()).optional(),
  received: receivedSchema.optional(),
  prompt: z.object({ text: z.string(), tokenIds: z.array(z.int()).optional() }).optional(),
  continued: count,
};

const chunkSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("text"),
    text: z.string(),
    begun: z.array(z.string()).optional(),
    rewritten: count,
    ...tokens,
  }),
  z.object({
    type: z.literal("end"),
    finishReason: z.enum(["stop", "length"]),
    stopReason: z.string().nullish(),
    usage: z.object({
      promptTokens: count,
      completionTokens: count,
      cachedTokens: count,
      reasoningTokens: count,
    }),
    promptForm: z.enum(["text", "tokens"]).optional(),
    ...tokens,
  }),
]);

const descriptionSchema = z.looseObject({
  ...openingSchema.shape.model.shape,
  controlTokens: openingSchema.shape.controlTokens,
  chatTemplate: z.string().optional(),
});

/** @throws `model-bad-reply` for what is no chunk: a model of the user's own may give whatever its type says. */
export function checkChunk(chunk: ModelChunk): void {
  check(chunkSchema, chunk, "ModelChunk", "continueText");
}

/** @throws `model-bad-reply` for what is no description */
export function checkDescription(description: ModelDescription): void {
  check(descriptionSchema, description, "ModelDescription", "describe");
}

function check(schema: z.ZodType, value: unknown, type: string, method: string): void {
  const wrong = faultOf(schema, value);
  if (wrong === undefined) return;
  throw new AgenticRagError(
    "model-bad-reply",
    `The model gave what is no ${type}: ${wrong}. Mend what its ${method} gives.`,
  );
}
