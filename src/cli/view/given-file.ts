import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AgenticRagError } from "../../errors.ts";
import { UsageError } from "../terminal/failure.ts";

/** A file that an option names, which is replaced as a whole. */
export interface GivenFile {
  /** As it was given. */
  readonly name: string;
  /** @throws AgenticRagError `settings-invalid` where it cannot be written any more */
  readonly write: (text: string) => void;
}

/** @throws UsageError where it could not be written, before anything is asked */
export function givenFile(option: "--output" | "--report", name: string, folder: string): GivenFile {
  const file = resolve(folder, name);
  requireWritable(file, option, name);
  return {
    name,
    write(text) {
      try {
        writeFileSync(file, text);
      } catch (error) {
        throw new AgenticRagError(
          "settings-invalid",
          `${option} could not be written to ${name} (${codeOf(error)}). Name another file.`,
          { cause: error },
        );
      }
    },
  };
}

function requireWritable(file: string, option: string, name: string): void {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true)
      throw new UsageError(`${option} names a folder: ${name}. Name a file.`);
    accessSync(found === undefined ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${option} cannot be written: ${name} (${codeOf(error)}). Name a file in a folder that is there and may be written to.`,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
