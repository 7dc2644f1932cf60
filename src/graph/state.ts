import { DeltaValue, MessagesDeltaValue, ReducedValue, StateSchema } from "@langchain/langgraph";
import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import { citationSchema, uncitedSchema } from "./citation.ts";
import { chosenSchema, limitsSchema } from "./context.ts";
import { DIALECT_NAMES } from "../protocol/dialects/asked-dialect.ts";
import { openCallSchema, pageRecordSchema } from "./pages/record.ts";
import { generationSchema } from "./continuation/generations.ts";
import { segmentSchema, type StateSegment } from "./continuation/segment.ts";
import { EditableState } from "./nodes/own-updates.ts";
import { addUsage, NO_USAGE, usageSchema } from "./usage.ts";

/** How a question was opened: fixed for its whole run, so that each prompt extends the one before byte for byte. */
export const openingSchema = z.strictObject({
  question: z.string(),
  /** Id of the human message that asks it. */
  questionId: z.string(),
  /** ISO date in the prompt. */
  date: z.string(),
  /** What the head of each source carries, so that no page can write one. */
  boundary: z.string().optional(),
  /** The model was offered the second tool, which opens pages. */
  pages: z.boolean().optional(),
  /** What the model's tokenizer reads as a token, where that is known: no text from outside may hold it. */
  controlTokens: z.array(z.string()).optional(),
  /** How the prompt asked for calls to be written; absent: in QwQ's own way. */
  dialect: z.enum(DIALECT_NAMES).optional(),
  messages: z.array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() })),
  protocol: z.string(),
  engine: z.string(),
  /** What the run may use and whether a person is asked first; later calls that resume it change nothing of it. */
  limits: limitsSchema.optional(),
  /** The engine by the name under which it was chosen, the model's name and its sampling, where these were given. */
  chosen: chosenSchema.optional(),
  model: z.strictObject({
    family: z.string(),
    name: z.string(),
    dialect: z.string().optional(),
    continues: z.enum(["by-construction", "proven", "replayed", "none"]).optional(),
    reason: z.string().optional(),
    assumedTemplate: z.literal(true).optional(),
    contextTokens: z.number().int().positive().optional(),
    assumedContext: z.literal(true).optional(),
    /** The line of models whose form the turn is shown in, where results have a turn of their own there. */
    line: z.strictObject({ name: z.string(), rethinks: z.boolean() }).optional(),
  }),
});

const budgetNameSchema = z.enum(["search", "page", "token", "time", "repair", "repeat", "repetition"]);

/** What parse-tool-call read: queries to run or pages to open, a call to be mended, or one that no budget is left for. */
const callSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("search"),
    queries: z.array(z.strictObject({ query: z.string(), plan: z.enum(["run", "repeated", "not-run"]) })),
  }),
  openCallSchema,
  z.strictObject({ kind: z.literal("repair"), reason: z.string(), detail: z.string() }),
  z.strictObject({ kind: z.literal("spent"), budget: budgetNameSchema }),
]);

/** One try to have a search answered; see `SearchAttempt`. */
export const attemptSchema = z.strictObject({
  engine: z.string(),
  from: z.enum(["engine", "shared", "cache", "journal", "recording"]),
  status: z.enum(["found", "nothing", "failed"]),
  /** Why it failed; empty otherwise. */
  kind: z.string(),
  reason: z.string(),
  waitedMs: z.number(),
  milliseconds: z.number(),
});

/** How a reranker ordered what a search found, best first; see `Reranking`. */
export const rerankingSchema = z.strictObject({
  by: z.string(),
  milliseconds: z.number(),
  order: z.array(
    z.strictObject({ title: z.string(), url: z.string(), before: z.number().int(), score: z.number() }),
  ),
});

/** One search of this run. */
export const queryRecordSchema = z.strictObject({
  query: z.string(),
  /** The engine whose answer this is: of a fallback chain, the one that answered. */
  engine: z.string(),
  /** Every try, in the order of time; the last one decided. */
  attempts: z.array(attemptSchema),
  status: z.enum(["found", "nothing", "failed"]),
  /** Numbers of the sources that it found. */
  sources: z.array(z.number().int()),
  /** Why it failed; empty otherwise. */
  reason: z.string(),
  /** What the engine says about all that it searched, such as that an index lacks files. */
  note: z.string().optional(),
  reranking: rerankingSchema.optional(),
  milliseconds: z.number(),
});

/** A numbered piece of evidence. Two entries of one number are two passages of one address. */
export const sourceSchema = z.strictObject({
  number: z.number().int().positive(),
  title: z.string(),
  url: z.string(),
  text: z.string(),
  date: z.string().optional(),
});

/** Why a run ended. */
export const stopReasonSchema = z.enum([
  "answered",
  "search-budget",
  "page-budget",
  "token-budget",
  "time-budget",
  "repair-budget",
  "repeat-budget",
  "repetition",
  "not-found",
  "passage",
  "no-answer",
  "model-error",
]);

export type Opening = z.infer<typeof openingSchema>;
export type Call = z.infer<typeof callSchema>;
export type SearchCall = Call & { kind: "search" };
export type Attempt = z.infer<typeof attemptSchema>;
export type QueryRecord = z.infer<typeof queryRecordSchema>;
export type Source = z.infer<typeof sourceSchema>;
export type StopReason = z.infer<typeof stopReasonSchema>;
export type BudgetName = z.infer<typeof budgetNameSchema>;
export type { StateSegment };

const counter = (title: string, description: string) =>
  new ReducedValue(z.number().int().min(0).default(0), {
    inputSchema: z.number().int(),
    // never below zero, whatever a thread is edited to
    reducer: (count: number, more: number) => Math.max(0, count + more),
    jsonSchemaExtra: { title, description },
  });

const appended = <Item>(items: z.ZodType<Item[]>, title: string, description: string) =>
  new DeltaValue<Item[], Item[]>(
    items.default(() => []),
    {
      inputSchema: items,
      reducer: (all: Item[], writes: Item[][]) => all.concat(...writes),
      jsonSchemaExtra: { title, description },
    },
  );

const questionField = z
  .string()
  .default("")
  .meta({
    title: "Question",
    description: "What to find out. Leave it empty when the question is the last human message.",
    examples: [
      "Give me more information about the QwQ-32B model that Alibaba recently released as open source.",
    ],
  });

const results = {
  note: z.string().default("").meta({
    title: "Note",
    description:
      "How many sentences of the answer are not supported by what they cite, or have no source; empty where all are.",
  }),
  answer: z.string().default("").meta({
    title: "Answer",
    description: "Markdown; each known citation links to its source. Says so where there is no answer.",
  }),
  rawAnswer: z.string().default("").meta({
    title: "Raw answer",
    description:
      "The answer as the model wrote it, without links: what exact match compares. Empty where it wrote none.",
  }),
  answered: z.boolean().default(false).meta({
    title: "Answered",
    description:
      "False while `answer` is empty, only the closest passage, or the plain word that there is none.",
  }),
  citations: z
    .array(citationSchema)
    .default(() => [])
    .meta({
      title: "Citations",
      description: "Every mark in the answer, checked against the sources of this run.",
    }),
  uncited: uncitedSchema
    .default(() => [])
    .meta({
      title: "Uncited",
      description: "Sentences of the answer that state a fact and have no mark.",
    }),
  sources: appended(z.array(sourceSchema), "Sources", "Numbered evidence; a number never changes."),
  stopReason: stopReasonSchema.nullable().default(null).meta({
    title: "Stop reason",
    description: "Why the run ended; null while it is running.",
  }),
  searches: counter("Searches", "Searches run for this question."),
  queries: appended(z.array(queryRecordSchema), "Queries", "Each search of this run, and what came of it."),
  pages: counter("Pages", "Pages opened for this question."),
  readings: appended(
    z.array(pageRecordSchema),
    "Readings",
    "Each page that was opened, and what came of it.",
  ),
  usage: new ReducedValue(
    usageSchema.default(() => NO_USAGE),
    {
      reducer: addUsage,
      jsonSchemaExtra: { title: "Usage", description: "Model requests, tokens and time of this run." },
    },
  ),
};

/** The prompt and the turn of a question: what a run can be trained on and replayed from. */
const sequence = {
  opening: openingSchema.nullable().default(null).meta({
    title: "Opening",
    description: "The prompt of this question and what answers it; fixed for the whole run.",
  }),
  transcript: appended<StateSegment>(
    z.array(segmentSchema),
    "Transcript",
    "The assistant's turn, piece by piece, with who wrote each piece. It only grows.",
  ),
  generations: appended(
    z.array(generationSchema),
    "Generations",
    "Each request to the model: its prompt as it was rendered, and how it ended.",
  ),
};

export const State = new EditableState({
  messages: MessagesDeltaValue,
  question: questionField,
  ...sequence,
  call: callSchema.nullable().default(null).meta({
    title: "Call",
    description:
      "What the last tool call was read as. Edit the queries or addresses before web-search to steer a run.",
  }),
  links: appended(
    z.array(z.string()),
    "Links",
    "Addresses that opened pages link to: the model may open these too.",
  ),
  repairs: counter("Repairs", "Calls of this question that could not be run."),
  repeats: counter("Repeats", "Queries of this question that were asked before."),
  mends: counter("Mends", "How often the model was asked to mend its answer to this question."),
  spent: budgetNameSchema.nullable().default(null).meta({
    title: "Spent",
    description: "The budget that ran out first; from then on the model may only answer.",
  }),
  condensed: z.number().int().min(0).default(0).meta({
    title: "Condensed",
    description:
      "How many characters of the oldest search responses the model is not shown, because its context was full. The transcript keeps them whole.",
  }),
  inContext: z.number().int().min(0).default(0).meta({
    title: "In context",
    description:
      "Tokens of the last request to the model, prompt and reply together; 0 where nobody counted.",
  }),
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable().default(null).meta({
    title: "Failure",
    description: "Why the model failed.",
  }),
  messageId: z.string().default("").meta({
    title: "Message id",
    description:
      "Id under which the last generation was streamed; the answer takes it over. Empty where none of it was.",
  }),
  ...results,
});

export const Input = new StateSchema({ messages: MessagesDeltaValue, question: questionField });

export const Output = new StateSchema({ messages: MessagesDeltaValue, ...sequence, ...results });

export type RunState = typeof State.State;
export type RunUpdate = typeof State.Update;

/** What an earlier step must have left in the state, such as the opening; a thread may be started in the middle. */
export function required<Value>(value: Value | null, what: string): Value {
  if (value !== null) return value;
  throw new AgenticRagError(
    "run-incomplete",
    `This step needs ${what}, which the thread's state does not have. Start the run at its beginning, or fork it from a later step.`,
  );
}
