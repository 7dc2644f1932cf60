import type { Followed } from "./follow.ts";
import type { Kept } from "./kept.ts";
import type { RunEntry } from "./wire.ts";

/** When a run began, in milliseconds of `Date.now()`; now, where nobody says. */
export function sinceOf({ created_at: at }: RunEntry): number {
  const began = Date.parse(at ?? "");
  return Number.isNaN(began) ? Date.now() : began;
}

export function isGoing({ status }: { readonly status: string }): boolean {
  return status === "running" || status === "pending";
}

/** What the stream told, with what only the state has. */
export function whole(followed: Followed, { followed: kept }: Kept): Followed {
  const { run } = followed;
  return {
    ...followed,
    run: {
      ...run,
      sources: kept.run.sources.length > 0 ? kept.run.sources : run.sources,
      ...(run.answer === undefined &&
        run.status === "ended" &&
        kept.run.answer !== undefined && { ...kept.run, steps: run.steps }),
    },
  };
}

/** The turns before a new question: the one that is shown is among them. */
export function withTurn({ earlier }: Kept, { run }: Followed): Kept["earlier"] {
  return run.question === ""
    ? earlier
    : [...earlier, { question: run.question, answer: run.answer?.text ?? "" }];
}

/** Queries or addresses as the state has a call. */
export function callOf({
  kind,
  values,
}: {
  readonly kind: "search" | "open";
  readonly values: readonly string[];
}): unknown {
  return kind === "search"
    ? { kind, queries: values.map((query) => ({ query, plan: "run" })) }
    : { kind, pages: values.map((url) => ({ url, plan: "open" })) };
}
