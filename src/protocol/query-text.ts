import { MAX_QUERY_LENGTH } from "./limits.ts";
import type { CallReading } from "./protocol.ts";

/** The search for queries as the model wrote them: each on one line, well-formed, neither empty nor too long. */
export function searchFor(written: readonly string[]): CallReading {
  const queries = written.map((query) =>
    query
      .replaceAll(/\s+/g, " ")
      .trim()
      .replaceAll(/\p{Cs}/gu, "\u{fffd}"),
  );
  if (queries.length === 0 || queries.includes("")) {
    return { kind: "fault", fault: "empty-query", detail: "The query is empty." };
  }
  if (queries.some((query) => query.length > MAX_QUERY_LENGTH)) {
    const detail = `A query may have ${MAX_QUERY_LENGTH} characters at most.`;
    return { kind: "fault", fault: "too-long", detail };
  }
  return { kind: "search", queries };
}
