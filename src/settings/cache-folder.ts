import { isAbsolute, join } from "node:path";

/**
 * Where this package keeps what it can do without; undefined where the environment names no place for it. A path that
 * is not absolute does not count: https://specifications.freedesktop.org/basedir-spec.
 */
export function cacheFolderOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_CACHE_HOME: named = "", HOME, USERPROFILE } = environment;
  const home = HOME ?? USERPROFILE ?? "";
  const folder = isAbsolute(named) ? named : isAbsolute(home) ? join(home, ".cache") : undefined;
  return folder === undefined ? undefined : join(folder, "agentic-rag");
}
