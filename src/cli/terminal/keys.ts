import { SETTINGS } from "../../settings/settings.ts";
import { printableLine } from "./printable.ts";
import type { Surroundings } from "./surroundings.ts";

/** A placeholder such as "EMPTY" is an everyday word and no key. */
const SHORTEST_KEY = 8;

/** A text without the keys of the environment, wherever it may have them from. */
export function withoutKeys(text: string, environment: Surroundings["environment"]): string {
  const keys = SETTINGS.filter(({ secret }) => secret === true).map(
    ({ name }) => environment[name]?.trim() ?? "",
  );
  return keys
    .filter((key) => key.length >= SHORTEST_KEY)
    .reduce((shown, key) => shown.replaceAll(key, "[hidden]"), text);
}

/** Tells on stderr what goes wrong beside the work, such as a cache that cannot be written. */
export function createProblemTeller({
  stderr,
  environment,
}: Pick<Surroundings, "stderr" | "environment">): (message: string) => void {
  return (message) => void stderr.write(`${printableLine(withoutKeys(message, environment))}\n`);
}
