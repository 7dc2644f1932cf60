import { AgenticRagError, codeOf } from "../../errors.ts";

/**
 * Does work that writes a file.
 *
 * @throws AgenticRagError `settings-invalid` where the system refuses it
 */
export async function writingTo<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const code = codeOf(cause);
    if (AgenticRagError.isInstance(cause) || code === undefined || !/^E[A-Z]+$/.test(code)) throw cause;
    const what = /^(?:ENOSPC|EDQUOT)$/.test(code)
      ? "There is no room left: make some, and run the same command again."
      : "Name a file in a folder that may be written to.";
    throw new AgenticRagError("settings-invalid", `${file} cannot be written (${code}). ${what}`, { cause });
  }
}
