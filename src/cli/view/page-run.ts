import { z } from "zod";
import { citationSchema } from "../../graph/citation.ts";
import { pageRunOf, type KeptRun } from "../../page/from-run.ts";
import type { PageRun } from "../../page/run.ts";
import { protocols } from "../../protocol/index.ts";
import type { Protocol } from "../../protocol/protocol.ts";
import type { FinishedRun } from "../../trajectory/trajectory.ts";

const milliseconds = z.number().optional().catch(undefined);
const text = z.string().optional().catch(undefined);
const count = z.number().optional().catch(undefined);

/** What of a saved run a page shows; what an earlier version or another program did not write is left out. */
const keptSchema = z.object({
  generations: z.array(
    z.object({
      segment: z.number().nullable(),
      usage: z
        .object({
          milliseconds,
          promptTokens: count,
          completionTokens: count,
          cachedTokens: count,
          estimated: z.boolean().optional().catch(undefined),
        })
        .optional(),
    }),
  ),
  queries: z.array(
    z.object({
      query: z.string(),
      engine: text,
      status: z.enum(["found", "nothing", "failed"]).catch("found"),
      sources: z.array(z.number()).catch([]),
      attempts: z.array(z.object({ from: z.string() })).catch([]),
      reason: text,
      note: text,
      milliseconds,
    }),
  ),
  readings: z
    .array(
      z.object({
        url: z.string(),
        status: z.enum(["read", "failed"]).catch("read"),
        source: z.number().nullable().catch(null),
        reason: text,
        milliseconds,
      }),
    )
    .default([]),
  sources: z.array(
    z.object({ number: z.number(), title: z.string(), url: z.string(), text: z.string(), date: text }),
  ),
  citations: z
    .array(z.unknown())
    .transform((all) => all.flatMap((one) => citationSchema.safeParse(one).data ?? [])),
  usage: z.object({
    milliseconds,
    modelRequests: count,
    promptTokens: count,
    completionTokens: count,
    cachedTokens: count,
    estimated: z.boolean(),
  }),
});

export interface AboutPageRun extends Pick<KeptRun, "id" | "question" | "finishedAt" | "reward"> {
  readonly earlier?: PageRun["earlier"];
  /** Default: it has ended. */
  readonly status?: PageRun["status"];
}

/** A run as a page shows it. */
export function pageRun(run: FinishedRun, { earlier, status, ...about }: AboutPageRun): PageRun {
  const { opening, transcript, answer, answered, stopReason, failure, uncited = [] } = run;
  const kept = {
    ...keptSchema.parse(run),
    segments: transcript,
    answer,
    answered,
    stopReason,
    uncited,
    failure: failure ?? undefined,
    model: opening?.model.name,
    engine: opening?.engine,
    pages: opening?.["pages"] === true,
    ...about,
  };
  return {
    ...pageRunOf(kept, protocolOf(opening?.protocol)),
    ...(earlier !== undefined && { earlier }),
    ...(status !== undefined && { status }),
  };
}

function protocolOf(name: string | undefined): Protocol | undefined {
  return Object.values(protocols).find((one) => one.name === name);
}
