import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateFolderOf } from "../settings/user-folders.ts";
import type { Surroundings } from "./terminal/surroundings.ts";

/** Whether a person has allowed this file with exactly this content. */
export function isTrusted(
  path: string,
  bytes: Uint8Array,
  environment: Surroundings["environment"],
): boolean {
  const mark = markOf(path, bytes, environment);
  return mark !== undefined && existsSync(mark.file);
}

/** Remembers that a person has allowed it; where no place for that can be written, it is asked again. */
export function trust(path: string, bytes: Uint8Array, environment: Surroundings["environment"]): void {
  const mark = markOf(path, bytes, environment);
  if (mark === undefined) return;
  try {
    mkdirSync(mark.folder, { recursive: true, mode: 0o700 });
    writeFileSync(mark.file, `${path}\n`, { mode: 0o600 });
  } catch {
    // the next run asks again
  }
}

function markOf(path: string, bytes: Uint8Array, environment: Surroundings["environment"]) {
  const state = stateFolderOf(environment);
  if (state === undefined) return undefined;
  const folder = join(state, "trusted");
  const hash = createHash("sha256").update(realpathSync(path)).update("\0").update(bytes).digest("hex");
  return { folder, file: join(folder, hash) };
}
