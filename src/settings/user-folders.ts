import { isAbsolute, join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where this package keeps what it can do without; undefined where the environment names no place for it. */
export function cacheFolderOf(environment: Environment): string | undefined {
  return userFolder(environment, "XDG_CACHE_HOME", ".cache");
}

/** Where this package keeps what is to stay; undefined where the environment names no place for it. */
export function stateFolderOf(environment: Environment): string | undefined {
  return userFolder(environment, "XDG_STATE_HOME", ".local/state");
}

/** Where a person keeps settings for all folders; undefined where the environment names no place for it. */
export function configFolderOf(environment: Environment): string | undefined {
  return userFolder(environment, "XDG_CONFIG_HOME", ".config");
}

/** A path that is not absolute does not count: https://specifications.freedesktop.org/basedir-spec. */
function userFolder(environment: Environment, variable: string, usual: string): string | undefined {
  const named = environment[variable] ?? "";
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? "";
  const folder = isAbsolute(named) ? named : isAbsolute(home) ? join(home, usual) : undefined;
  return folder === undefined ? undefined : join(folder, "agentic-rag");
}
