import { z } from "zod";
import type { Trajectory } from "../trajectory/trajectory.ts";
import { evidenceFound } from "./evidence.ts";
import { goldenOf, scoresOf, withoutMarks } from "./score.ts";

/** A run of a question, scored. */
export interface Case {
  readonly id: string;
  /** The question's; its samples share it. */
  readonly group: string;
  readonly question: string;
  /** Undefined where the data set tells none, or says that there is none: no answer is compared then. */
  readonly golden: readonly string[] | undefined;
  /** False where the data set says that nothing answers the question, so that refusing is right. */
  readonly answerable: boolean | undefined;
  /** Without marks of citation; empty where there is none. */
  readonly answer: string;
  readonly answered: boolean;
  readonly stopReason: string;
  readonly failure: string | undefined;
  /** The `MATCHES` where golden answers are known, and `format`. */
  readonly scores: Readonly<Record<string, number>>;
  readonly searches: number;
  readonly milliseconds: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the documents that hold the answer, those that were retrieved; undefined where none are known. */
  readonly evidence: { readonly found: number; readonly known: number } | undefined;
  readonly citations: { readonly supported: number; readonly partly: number; readonly all: number };
  /** Sentences that state a fact, and those of them that a source supports that they cite; undefined where unknown. */
  readonly sentences: { readonly supported: number; readonly all: number } | undefined;
  /** Who ran: protocol, model and engine. */
  readonly setup: string;
  /** The data set that the question comes from. */
  readonly source: string | undefined;
}

/** What other programs wrote there, or could not write, is 0; sums of what is left stay numbers. */
const amount = z.number().min(0).max(Number.MAX_SAFE_INTEGER).catch(0);
const usageSchema = z.looseObject({ milliseconds: amount, promptTokens: amount, completionTokens: amount });
const citationSchema = z.looseObject({
  known: z.boolean().catch(false),
  verdict: z.string().catch("unclear"),
  sentence: z.string().catch(""),
});

/** A run as a case. One that failed, or gave no answer, is wrong. */
export function toCase(run: Trajectory): Case {
  const usage = usageSchema.parse(run.usage);
  const golden = goldenOf(run.data);
  const { searches: _, ...scores } = scoresOf(run, golden);
  const citations = run.answered ? run.citations.map((one) => citationSchema.parse(one)) : [];
  const { opening } = run;
  const setup =
    opening === null
      ? ""
      : [opening.protocol, opening.model.name || opening.model.family, opening.engine].join(", ");
  return {
    id: run.id,
    group: run.group ?? run.id,
    question: run.question,
    golden,
    answerable: golden === undefined ? run.data?.answerable : true,
    answer: run.answered ? withoutMarks(run.rawAnswer) : "",
    answered: run.answered,
    stopReason: run.stopReason ?? "failed",
    failure: run.failure?.code,
    scores,
    searches: amount.parse(run.searches),
    milliseconds: usage.milliseconds,
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens,
    evidence: evidenceFound(run.data?.evidence, run.sources),
    citations: {
      supported: citations.filter(isSupported).length,
      partly: citations.filter(({ known, verdict }) => known && verdict === "partly").length,
      all: citations.length,
    },
    sentences: run.uncited === undefined || !run.answered ? undefined : sentencesOf(citations, run.uncited),
    setup,
    source: run.data?.source,
  };
}

type Cited = z.infer<typeof citationSchema>;

function isSupported({ known, verdict }: Cited): boolean {
  return known && verdict === "supported";
}

function sentencesOf(citations: readonly Cited[], uncited: readonly string[]) {
  const cited = new Set(citations.map(({ sentence }) => sentence));
  const supported = new Set(citations.filter(isSupported).map(({ sentence }) => sentence));
  return { supported: supported.size, all: cited.size + uncited.length };
}
