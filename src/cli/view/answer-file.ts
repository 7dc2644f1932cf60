import type { Arguments } from "../arguments/arguments.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { givenFile } from "./given-file.ts";
import type { Presentation } from "./presentation.ts";

/**
 * The presentation, which also writes the answer to the file of `--output`, as `--quiet` prints it. A file that is there
 * is replaced once there is an answer, and only then.
 *
 * @throws UsageError where the file could not be written, before anything is asked
 */
export function withAnswerFile(
  shown: Presentation,
  { values }: Pick<Arguments, "values">,
  { folder, stderr }: Pick<Surroundings, "folder" | "stderr">,
): Presentation {
  const given = values.get("output");
  if (given === undefined) return shown;
  const file = givenFile("--output", given, folder);
  let ended = false;
  return {
    ...shown,
    end(record) {
      shown.end(record);
      ended = true;
      if (record.answered) file.write(`${printable(record.answer)}\n`);
      else stderr.write(`${printableLine(given)} was not written: there is no answer.\n`);
    },
    abandon(record, error) {
      if (!ended) shown.abandon(record, error);
    },
  };
}
