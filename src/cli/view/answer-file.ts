import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AgenticRagError } from "../../errors.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { UsageError } from "../terminal/failure.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
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
  const file = resolve(folder, given);
  requireWritable(file, given);
  let ended = false;
  return {
    ...shown,
    end(record) {
      shown.end(record);
      ended = true;
      if (record.answered) write(file, printable(record.answer), given);
      else stderr.write(`${printableLine(given)} was not written: there is no answer.\n`);
    },
    abandon(record, error) {
      if (!ended) shown.abandon(record, error);
    },
  };
}

function requireWritable(file: string, given: string): void {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true)
      throw new UsageError(`--output names a folder: ${given}. Name a file.`);
    accessSync(found === undefined ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `--output cannot be written: ${given} (${codeOf(error)}). Name a file in a folder that is there and may be written to.`,
    );
  }
}

function write(file: string, answer: string, given: string): void {
  try {
    writeFileSync(file, `${answer}\n`);
  } catch (error) {
    throw new AgenticRagError(
      "settings-invalid",
      `The answer could not be written to ${given} (${codeOf(error)}). It is shown above; name another file with --output.`,
      { cause: error },
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
