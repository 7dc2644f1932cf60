import type { RunState } from "./state.ts";

type Asked = Pick<RunState, "queries" | "readings">;

/** True when there were searches, none of them was answered, and no page was read either. */
export function everySearchFailed({ queries, readings }: Asked): boolean {
  const isRead = readings.some(({ status }) => status === "read");
  return !isRead && queries.length > 0 && queries.every(({ status }) => status === "failed");
}

/** An answer that no source can stand behind says so itself, wherever it is read. Why is told in `queries`. */
export function tellUnfounded(answer: string, state: Asked): string {
  return everySearchFailed(state)
    ? `${answer}\n\nEvery search of this run failed, so no source stands behind this.`
    : answer;
}
