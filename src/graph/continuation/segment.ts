import { z } from "zod";

/** The message that a text stands for; see `ReceivedMessage`. */
export const receivedSchema = z.strictObject({
  form: z.enum(["chat", "responses", "messages", "gemini", "langchain"]),
  /** Digests of the endpoint with its model, and of the text that stands for the message. */
  endpoint: z.string().max(64),
  text: z.string().max(64),
  /** The message as JSON, of a million UTF-16 units at most: read by the model family that sends it back, by nobody else. */
  message: z.string().max(1_000_000),
});

/** A piece of the assistant's turn. */
export const segmentSchema = z.strictObject({
  origin: z.enum(["model", "search", "runtime"]),
  text: z.string(),
  tokenIds: z.array(z.number().int()).optional(),
  /** Of the tokens of `text`, where requested and returned; one for each of `tokenIds` where these are present. */
  logprobs: z.array(z.number()).optional(),
  /** What the model wrote here is no answer: it led up to a refused call, repeated itself, or what it was told. */
  noAnswer: z.literal(true).optional(),
  /** The assistant message that this text stands for, as its endpoint gave it. */
  received: receivedSchema.optional(),
});

export type StateSegment = z.infer<typeof segmentSchema>;
