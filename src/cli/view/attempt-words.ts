import type { SearchAttempt, SearchFailureKind } from "../../search/engine.ts";
import { counted, duration } from "../../view/amounts.ts";
import { printableLine } from "../terminal/printable.ts";

/** One try, as a run's state and an engine's outcome both have it. */
export interface ToldAttempt extends Pick<SearchAttempt, "engine" | "from" | "waitedMs" | "milliseconds"> {
  readonly status: string;
  /** Why it failed; empty where it did not. */
  readonly kind: string;
}

const WHY: Readonly<Record<SearchFailureKind, string>> = {
  unauthorized: "refused the key",
  "quota-exceeded": "has no credit left",
  misconfigured: "is not set up",
  rejected: "refused the query",
  "rate-limited": "was asked too often",
  timeout: "did not answer in time",
  unreachable: "could not be reached",
  "server-error": "had an error",
  "bad-reply": "sent what cannot be read",
};

const FROM: Readonly<Record<Exclude<SearchAttempt["from"], "engine">, string>> = {
  shared: "from the same search, under way already",
  cache: "from the cache",
  journal: "from before the run was resumed",
  recording: "from the recording",
};

/**
 * How a search came to its outcome: `tavily could not be reached (3 tries); brave answered after 1.2 s`. Undefined where
 * one engine was asked once, about which there is nothing to tell.
 */
export function attemptWords(attempts: readonly ToldAttempt[]): string | undefined {
  if (attempts.every(({ from }) => from === "engine") && attempts.length < 2) return undefined;
  const groups: { words: string; tries: number }[] = [];
  for (const attempt of attempts) {
    const words = wordsOf(attempt);
    const last = groups.at(-1);
    if (last?.words === words) last.tries += 1;
    else groups.push({ words, tries: 1 });
  }
  return groups
    .map(({ words, tries }) => (tries === 1 ? words : `${words} (${counted(tries, "try", "tries")})`))
    .join("; ");
}

function wordsOf({ engine, from, status, kind, waitedMs, milliseconds }: ToldAttempt): string {
  const name = printableLine(engine);
  if (status === "failed") return `${name} ${isKind(kind) ? WHY[kind] : "failed"}`;
  const what = status === "nothing" ? "found nothing" : "answered";
  if (from !== "engine") return `${name} ${what} ${FROM[from]}`;
  return `${name} ${what} after ${duration(waitedMs + milliseconds)}`;
}

function isKind(kind: string): kind is SearchFailureKind {
  return Object.hasOwn(WHY, kind);
}
