import { isAbsolute, join } from "node:path";

/** Where threads are kept. */
export interface DatabaseSetting {
  /** A SQLite file, or the address of a PostgreSQL server. */
  readonly address: string;
  /** True where nobody chose it. */
  readonly byDefault: boolean;
}

/**
 * The database that was chosen, else a file among what this user's programs remember; undefined where the environment
 * names no place for it. A path that is not absolute does not count there:
 * https://specifications.freedesktop.org/basedir-spec.
 */
export function databaseOf(
  chosen: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): DatabaseSetting | undefined {
  if (chosen !== undefined) return { address: chosen, byDefault: false };
  const { XDG_STATE_HOME: named = "", HOME, USERPROFILE } = environment;
  const home = HOME ?? USERPROFILE ?? "";
  const folder = isAbsolute(named) ? named : isAbsolute(home) ? join(home, ".local", "state") : undefined;
  if (folder === undefined) return undefined;
  return { address: join(folder, "agentic-rag", "threads.sqlite"), byDefault: true };
}
