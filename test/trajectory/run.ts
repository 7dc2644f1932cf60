import type { FinishedRun, Trajectory } from "../../src/trajectory/trajectory.ts";
import { toTrajectory } from "../../src/trajectory/trajectory.ts";
import type { RunState } from "../../src/graph/state.ts";

type Finished = Omit<FinishedRun, "transcript" | "failure" | "repairs"> &
  Pick<RunState, "transcript"> & { readonly failure?: FinishedRun["failure"] };

/** The trajectory of a run that has ended. */
export function trajectoryOf(state: Finished, about: Partial<Trajectory> = {}): Trajectory {
  const { opening, generations, transcript, answer, rawAnswer, answered, stopReason, failure = null } = state;
  const { sources, citations, queries, searches, usage } = state;
  return {
    ...toTrajectory(
      {
        opening,
        generations,
        transcript,
        answer,
        rawAnswer,
        answered,
        stopReason,
        failure,
        sources,
        citations,
        queries,
        searches,
        usage,
      },
      {
        id: "run",
        question: opening?.question ?? "",
        sampling: { temperature: 0.6, seed: 1 },
        versions: {},
        finishedAt: "2026-11-22T12:00:00.000Z",
      },
    ),
    ...about,
  };
}

/** What a mask of 1, and of 0, covers. */
export function maskedTexts(text: string, spans: readonly { start: number; end: number; mask: 0 | 1 }[]) {
  const letters = Array.from(text);
  const covered = (mask: 0 | 1): string =>
    spans
      .filter((span) => span.mask === mask)
      .map(({ start, end }) => letters.slice(start, end).join(""))
      .join("");
  return { written: covered(1), spliced: covered(0) };
}
