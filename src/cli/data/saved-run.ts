import { QWQ_SAMPLING } from "../../model/sampling.ts";
import type { Settings } from "../../settings/settings.ts";
import { toTrajectory, type AboutRun, type Trajectory } from "../../trajectory/trajectory.ts";
import { VERSION } from "../../version.ts";
import type { RunRecord } from "../view/run-record.ts";

export interface SavedRun extends Pick<AboutRun, "id" | "question" | "group" | "sample" | "data"> {
  readonly settings: Pick<Settings, "sampling">;
}

/** A run as a line of a file of runs. */
export function savedRun(record: RunRecord, { settings, ...about }: SavedRun): Trajectory {
  const { temperature, topP, topK, minP, presencePenalty, repetitionPenalty, seed } =
    record.opening?.chosen ?? {};
  const chosen = { temperature, topP, topK, minP, presencePenalty, repetitionPenalty, seed };
  const given = Object.entries(chosen).filter(([, value]) => value !== undefined);
  return toTrajectory(record, {
    ...about,
    sampling: { ...QWQ_SAMPLING, ...settings.sampling, ...Object.fromEntries(given) },
    versions: { "langgraph-agentic-rag": VERSION, node: process.version },
    finishedAt: new Date().toISOString(),
  });
}
