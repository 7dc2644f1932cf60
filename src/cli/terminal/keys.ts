import { SETTINGS } from "../../settings/settings.ts";
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
