import { QWQ_SAMPLING } from "../../model/sampling.ts";
import type { Settings } from "../../settings/settings.ts";
import { toTrajectory, type AboutRun, type Trajectory } from "../../trajectory/trajectory.ts";
import { VERSION } from "../../version.ts";
import type { RunRecord } from "../view/run-record.ts";

export interface SavedRun extends Pick<AboutRun, "id" | "question" | "group" | "sample" | "data"> {
  /** What it was made with; undefined where that is not known: then its own choices alone are told. */
  readonly settings?: Pick<Settings, "sampling">;
  /** Default: now. */
  readonly finishedAt?: Date;
}

/** A run as a line of a file of runs. */
export function savedRun(
  record: RunRecord,
  { settings, finishedAt = new Date(), ...about }: SavedRun,
): Trajectory {
  const { temperature, topP, topK, minP, presencePenalty, repetitionPenalty, seed } =
    record.opening?.chosen ?? {};
  const chosen = { temperature, topP, topK, minP, presencePenalty, repetitionPenalty, seed };
  const given = Object.entries(chosen).filter(([, value]) => value !== undefined);
  return toTrajectory(record, {
    ...about,
    sampling: {
      ...(settings !== undefined && { ...QWQ_SAMPLING, ...settings.sampling }),
      ...Object.fromEntries(given),
    },
    versions: { "langgraph-agentic-rag": VERSION, node: process.version },
    finishedAt: finishedAt.toISOString(),
  });
}
