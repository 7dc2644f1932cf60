import * as z from "zod/mini";
// by name: the whole library would come along with a value of `z`
import { catch as orElse } from "zod/mini";
import { CHECK_RESULTS, CHECKS } from "../../../citation/support/checks.ts";
import { SUPPORT_VERDICTS } from "../../../citation/support/support.ts";

/** What is read of the server's replies; whatever else is in them is left out, and what is missing is absent. */

const number = orElse(z.optional(z.number()), undefined);
const string = orElse(z.optional(z.string()), undefined);

const segmentSchema = z.pipe(
  z.object({
    origin: z.enum(["model", "search", "runtime"]),
    text: z.string(),
    tokenIds: orElse(z.optional(z.array(z.unknown())), undefined),
  }),
  z.transform(({ origin, text, tokenIds }) => ({
    origin,
    text,
    ...(tokenIds !== undefined && { tokens: tokenIds.length }),
  })),
);

const sourceSchema = z.object({
  number: z.number(),
  title: z.string(),
  url: z.string(),
  text: string,
  date: string,
});

const citationSchema = z.object({
  number: z.nullable(z.number()),
  title: z.string(),
  url: z.string(),
  sentence: z.string(),
  verdict: orElse(z.enum(SUPPORT_VERDICTS), "unclear"),
  checks: orElse(
    z.array(
      z.object({
        check: z.enum(CHECKS),
        result: z.enum(CHECK_RESULTS),
        words: z.array(z.string()),
      }),
    ),
    [],
  ),
  citedText: orElse(z.string(), ""),
  known: z.boolean(),
  redundant: orElse(z.optional(z.boolean()), undefined),
});

const usageSchema = z.object({
  milliseconds: number,
  promptTokens: number,
  completionTokens: number,
  cachedTokens: number,
  modelRequests: number,
  estimated: orElse(z.optional(z.boolean()), undefined),
});

const callSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("search"),
    queries: z.array(z.object({ query: z.string(), plan: z.string() })),
  }),
  z.object({ kind: z.literal("open"), pages: z.array(z.object({ url: z.string(), plan: z.string() })) }),
  z.object({ kind: z.literal("repair"), reason: z.string(), detail: z.string() }),
  z.object({ kind: z.literal("spent"), budget: z.string() }),
]);

const queryRecordSchema = z.object({
  query: z.string(),
  engine: z.string(),
  attempts: orElse(z.array(z.object({ from: z.string() })), []),
  status: z.enum(["found", "nothing", "failed"]),
  sources: z.array(z.number()),
  reason: z.string(),
  note: string,
  milliseconds: number,
});

const readingSchema = z.object({
  url: z.string(),
  status: z.enum(["read", "failed"]),
  source: z.nullable(z.number()),
  reason: z.string(),
  milliseconds: number,
});

const failureSchema = z.object({ code: z.string(), message: z.string() });

/** A list as a node leaves it: added to what there is, or in its place. */
const listOf = <Item extends z.ZodMiniType>(item: Item) =>
  orElse(
    z.optional(
      z.union([
        z.pipe(
          z.array(item),
          z.transform((items) => ({ items, anew: false })),
        ),
        z.pipe(
          z.object({ __overwrite__: z.array(item) }),
          z.transform(({ __overwrite__: items }) => ({ items, anew: true })),
        ),
      ]),
    ),
    undefined,
  );

const openingSchema = z.object({
  model: z.object({ name: z.string() }),
  protocol: z.string(),
  engine: z.string(),
});

const conclusion = {
  answer: string,
  answered: orElse(z.optional(z.boolean()), undefined),
  citations: orElse(z.optional(z.array(citationSchema)), undefined),
  uncited: orElse(z.optional(z.array(z.string())), undefined),
  stopReason: orElse(z.optional(z.nullable(z.string())), undefined),
  failure: orElse(z.optional(z.nullable(failureSchema)), undefined),
};

const findingSchema = z.object({
  number: z.number(),
  question: z.string(),
  ...conclusion,
  sources: z.array(sourceSchema),
});

/** What a node leaves in the state, or the state itself. */
export const leftSchema = z.object({
  ...conclusion,
  question: string,
  opening: orElse(z.optional(z.nullable(openingSchema)), undefined),
  call: orElse(z.optional(z.nullable(callSchema)), undefined),
  transcript: listOf(segmentSchema),
  sources: listOf(sourceSchema),
  queries: listOf(queryRecordSchema),
  readings: listOf(readingSchema),
  findings: listOf(findingSchema),
  usage: orElse(
    z.optional(
      z.union([
        z.pipe(
          z.object({ __overwrite__: usageSchema }),
          z.transform(({ __overwrite__: value }) => ({ value, anew: true })),
        ),
        z.pipe(
          usageSchema,
          z.transform((value) => ({ value, anew: false })),
        ),
      ]),
    ),
    undefined,
  ),
});

export type Left = z.infer<typeof leftSchema>;
/** What nodes leave, by their names. */
export const updateSchema = z.record(z.string(), z.unknown());

export const errorSchema = z.object({ message: z.string() });

const requestSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("approve-search"),
    question: z.string(),
    queries: z.array(z.string()),
    engine: z.string(),
    searchesLeft: z.number(),
    problem: string,
  }),
  z.object({
    type: z.literal("approve-pages"),
    question: z.string(),
    urls: z.array(z.string()),
    pagesLeft: z.number(),
    problem: string,
  }),
]);

/** What a person is asked, and under which id it is answered. */
export const askedSchema = z.array(z.object({ id: z.string(), value: requestSchema }));
export type Asked = z.infer<typeof askedSchema>[number];

/** The text of a message; others send blocks, and so do answers that have reasoning. */
const contentSchema = z.union([
  z.string(),
  z.pipe(
    z.array(z.object({ type: z.string(), text: orElse(z.string(), "") })),
    z.transform((blocks) => blocks.map(({ type, text }) => (type === "text" ? text : "")).join("")),
  ),
]);

const messageSchema = z.object({ type: z.string(), content: orElse(contentSchema, ""), id: string });
const checkpointSchema = z.object({ checkpoint_id: z.string() });

export const snapshotSchema = z.object({
  values: orElse(
    z.object({ ...leftSchema.shape, messages: orElse(z.optional(z.array(messageSchema)), undefined) }),
    {},
  ),
  next: orElse(z.array(z.string()), []),
  tasks: orElse(
    z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        error: orElse(z.unknown(), undefined),
        interrupts: orElse(z.array(z.unknown()), []),
        result: orElse(z.unknown(), undefined),
      }),
    ),
    [],
  ),
  metadata: orElse(z.object({ source: string, run_id: string }), {}),
  created_at: string,
  checkpoint: z.nullish(checkpointSchema),
  parent_checkpoint: z.nullish(checkpointSchema),
});
/** A thread at one of its checkpoints. */
export type Snapshot = z.infer<typeof snapshotSchema>;

const threadMetadata = orElse(z.object({ graph_id: string, question: string }), {});

export const threadSchema = z.object({
  thread_id: z.string(),
  status: orElse(z.string(), "idle"),
  updated_at: string,
  metadata: threadMetadata,
});
export type ThreadEntry = z.infer<typeof threadSchema>;

export const runSchema = z.object({
  run_id: z.string(),
  status: z.string(),
  created_at: string,
  kwargs: orElse(
    z.object({
      /** Its events are kept, so that it can be read from its beginning. */
      resumable: orElse(z.optional(z.boolean()), undefined),
      input: orElse(z.optional(z.nullable(z.object({ question: string }))), undefined),
    }),
    {},
  ),
});
export type RunEntry = z.infer<typeof runSchema>;

export const assistantSchema = z.object({ graph_id: z.string() });
