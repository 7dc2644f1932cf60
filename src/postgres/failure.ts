import { AgenticRagError, codeOf } from "../errors.ts";

/** Errors of the network, and of a server that is being stopped or started. All of them pass. */
const PASSING_CODES =
  /^(?:08...|57P0[123]|53300|40001|40P01|25P03|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOENT)$/u;

/** `pg` gives these no code. */
const PASSING_MESSAGES =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|Query read timeout)/u;

/** What the codes of PostgreSQL mean to a user. The first match counts. */
const EXPLANATIONS = [
  [/^28/u, "refused the user or the password. Check both in its address"],
  [/^3D000$/u, "does not exist. Create it with createdb, or correct its address"],
  [/^42501$/u, "does not let this user do that. Grant CREATE on the database, or choose another schema"],
  [/^(?:53100|53200)$/u, "has no room left. Make room on its disk or in its memory"],
  [/^25006$/u, "may only be read. Give the address of the primary server"],
  [/^ENOTFOUND$/u, "could not be found: its host has no address. Correct its address"],
  [
    /^(?:42P01|42703)$/u,
    "lacks a table or column of ours: it was changed by somebody. Choose another schema",
  ],
] as const;

/** Whether the same call may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isPassing);
  return PASSING_CODES.test(codeOf(error) ?? "") || PASSING_MESSAGES.test(error.message);
}

/**
 * An error of the database as one that says what to do. Its text never holds the address with the password.
 *
 * @param triedMs how long a server was waited for that does not answer; undefined where it was not
 */
export function explainDatabaseError(place: string, error: unknown, triedMs?: number): AgenticRagError {
  if (AgenticRagError.isInstance(error)) return error;
  const problem = error instanceof AggregateError ? error.errors[0] : error;
  const code = codeOf(problem) ?? "";
  const message = problem instanceof Error ? problem.message.split("\n", 1)[0] : "";
  if (isPassing(error)) {
    const how =
      triedMs === undefined ? "still does not answer" : `did not answer for ${Math.round(triedMs / 1000)} s`;
    const what = `${how} (${code === "" ? message : code}). Check that it runs and can be reached, and go on`;
    return databaseUnusable(place, what, error);
  }
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(code))?.[1];
  return databaseUnusable(
    place,
    known ?? `failed (${[code, message].filter((part) => part !== "").join(": ")}). Look into its log`,
    error,
  );
}

export function databaseUnusable(place: string, what: string, cause?: unknown): AgenticRagError {
  return new AgenticRagError("store-unusable", `The database ${place} ${what}.`, { cause });
}
