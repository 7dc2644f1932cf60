import { z } from "zod";

/** The version of the form. A reader refuses those that it does not know. */
const TRAJECTORY_VERSION = 1;

const ids = z.array(z.number().int());

/** A piece of the assistant's turn; `model` wrote what counts for a loss, nobody else. */
const segmentSchema = z.looseObject({
  origin: z.enum(["model", "search", "runtime"]),
  text: z.string(),
  tokenIds: ids.optional(),
  /** One for each of `tokenIds` where these are present. */
  logprobs: z.array(z.number()).optional(),
});

/** One request to the model: see `docs/training.md`. */
const generationSchema = z.looseObject({
  segment: z.number().int().min(0).nullable(),
  end: z.enum(["end-of-turn", "stop-string", "stop", "length", "deadline", "read", "loop"]),
  endTokenIds: ids.optional(),
  endLogprobs: z.array(z.number()).optional(),
  promptText: z.string().optional(),
  promptIds: ids.optional(),
  restarts: z.literal(true).optional(),
  usage: z.looseObject({ completionTokens: z.number(), milliseconds: z.number() }).optional(),
});

const openingSchema = z.looseObject({
  question: z.string(),
  date: z.string(),
  boundary: z.string().optional(),
  messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })),
  protocol: z.string(),
  engine: z.string(),
  model: z.looseObject({ family: z.string(), name: z.string() }),
});

/** A finished run as data: one line of a JSONL file. */
export const trajectorySchema = z.strictObject({
  format: z.literal("agentic-rag-trajectory"),
  version: z.literal(TRAJECTORY_VERSION),
  /** Of this run, in its file. */
  id: z.string().min(1),
  /** The samples of one question share a group. */
  group: z.string().optional(),
  /** Which sample of its group, from 0. */
  sample: z.number().int().min(0).optional(),
  question: z.string(),
  /** What the data set says of the question. */
  data: z
    .looseObject({
      source: z.string().optional(),
      split: z.string().optional(),
      index: z.number().int().optional(),
      goldenAnswers: z.array(z.string()).optional(),
      /** False: nothing answers it, so that refusing is right. */
      answerable: z.boolean().optional(),
      /** Titles or addresses of the documents that hold the answer. */
      evidence: z.array(z.string()).optional(),
    })
    .optional(),
  /** The prompt as messages, with date, boundary, budgets and names; null where the run failed before it. */
  opening: openingSchema.nullable(),
  segments: z.array(segmentSchema),
  generations: z.array(generationSchema),
  /** With links to the sources. */
  answer: z.string(),
  /** As the model wrote it. */
  rawAnswer: z.string(),
  answered: z.boolean(),
  stopReason: z.string().nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  sources: z.array(
    z.looseObject({ number: z.number().int(), title: z.string(), url: z.string(), text: z.string() }),
  ),
  citations: z.array(z.looseObject({})),
  /** Sentences of the answer that state a fact and cite nothing; absent where nobody looked. */
  uncited: z.array(z.string()).optional(),
  queries: z.array(z.looseObject({ query: z.string() })),
  /** Each page that was opened, and what came of it. */
  readings: z.array(z.looseObject({ url: z.string() })).optional(),
  searches: z.number().int(),
  repairs: z.number().int().optional(),
  usage: z.looseObject({ completionTokens: z.number(), estimated: z.boolean() }),
  /** How tokens were drawn; `seed` is among it. */
  sampling: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string()),
  /** When it ended: ISO date and time. */
  finishedAt: z.string(),
  /** Scores by their names, and the reward that was made of them. */
  scores: z.record(z.string(), z.number()).optional(),
  reward: z.number().optional(),
});

export type Trajectory = z.infer<typeof trajectorySchema>;
export type TrajectorySegment = Trajectory["segments"][number];

/** A finished run, as the state of the graph has it. */
export type FinishedRun = Pick<
  Trajectory,
  | "opening"
  | "generations"
  | "answer"
  | "rawAnswer"
  | "answered"
  | "stopReason"
  | "failure"
  | "sources"
  | "citations"
  | "uncited"
  | "queries"
  | "readings"
  | "searches"
  | "repairs"
  | "usage"
> & { readonly transcript: readonly TrajectorySegment[] };

/** What is known of a run besides its state. */
export type AboutRun = Pick<
  Trajectory,
  "id" | "group" | "sample" | "question" | "data" | "sampling" | "versions" | "finishedAt"
>;

/** The trajectory of a run; what was kept for its endpoint alone is left out. */
export function toTrajectory(run: FinishedRun, about: AboutRun): Trajectory {
  const { transcript, ...rest } = run;
  return trajectorySchema.strip().parse({
    format: "agentic-rag-trajectory",
    version: TRAJECTORY_VERSION,
    ...about,
    ...rest,
    segments: transcript.map((segment) => ({ ...segment, received: undefined })),
  });
}

/** The JSON schema of a line. */
export function trajectoryJsonSchema() {
  return z.toJSONSchema(trajectorySchema);
}
