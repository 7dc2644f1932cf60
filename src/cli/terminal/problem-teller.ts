import { withoutKeys } from "./keys.ts";
import { printableLine } from "./printable.ts";
import type { Surroundings } from "./surroundings.ts";

/** Tells on stderr what goes wrong beside the work, such as a cache that cannot be written. */
export function createProblemTeller({
  stderr,
  environment,
}: Pick<Surroundings, "stderr" | "environment">): (message: string) => void {
  return (message) => void stderr.write(`${printableLine(withoutKeys(message, environment))}\n`);
}
