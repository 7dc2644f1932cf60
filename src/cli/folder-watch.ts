import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { AgenticRagError, type ErrorCode } from "../errors.ts";
import { compareWithFolder, lackOf } from "../search/local/index-state.ts";
import { type DocumentIndex, openIndex } from "../search/local/local-index.ts";
import { openPostgresIndex } from "../search/local/postgres/postgres.ts";
import type { DocumentsSetting } from "../settings/documents.ts";
import { printableLine } from "./terminal/printable.ts";

export interface FolderWatch {
  readonly documents: readonly DocumentsSetting[];
  /** Where their indexes are instead of files. */
  readonly address: string | undefined;
  /** Whether the build before left nothing to be tried again. */
  readonly isWhole: boolean;
  /** Builds some of them, and says the same of what it left. */
  readonly build: (documents: readonly DocumentsSetting[]) => Promise<boolean>;
  /** Called with what keeps it from its work, once as long as it is the same. */
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The folders are listed again after this time, or after this many times what listing them took. */
const LOOK_AGAIN_MS = 1_000;
const LOOK_AGAIN_FACTOR = 20;
/** What failed is tried again after a second, then twice as long, at most this. */
const TRY_AGAIN_MOST_MS = 60_000;

/** A disk that is full, a folder or a server that is not there for a while. */
const PASSING: readonly ErrorCode[] = ["documents-unreadable", "index-unusable", "store-unusable"];

/**
 * Looks at folders again and again, and builds those that changed. A folder that is gone is waited for, and what fails is
 * tried again.
 *
 * @throws the AbortError of the signal, and what does not pass by itself
 */
export async function watchFolders(watch: FolderWatch): Promise<never> {
  const { documents, address, build, tell, signal } = watch;
  let { isWhole } = watch;
  let told: string | undefined;
  let tryAgainMs = LOOK_AGAIN_MS;
  let built = performance.now();
  for (let pause = LOOK_AGAIN_MS; ;) {
    await delay(pause, undefined, { signal });
    const begun = performance.now();
    const there = documents.filter(({ folder = "" }) => existsSync(folder));
    const gone = documents
      .filter((one) => !there.includes(one))
      .map(({ folder = "" }) => printableLine(folder));
    let trouble = gone.length === 0 ? undefined : `${gone.join(", ")}: not there. Waiting for it.`;
    try {
      const isDue = !isWhole && begun - built >= tryAgainMs;
      const behind = await Promise.all(there.map(async (one) => isDue || (await lacks(one, address))));
      pause = Math.max(LOOK_AGAIN_MS, LOOK_AGAIN_FACTOR * (performance.now() - begun));
      if (behind.includes(true)) {
        isWhole = await build(there);
        built = performance.now();
        tryAgainMs = Math.min(tryAgainMs * 2, TRY_AGAIN_MOST_MS);
      }
      if (isWhole) tryAgainMs = LOOK_AGAIN_MS;
    } catch (error) {
      if (!AgenticRagError.isInstance(error) || !PASSING.includes(error.code)) throw error;
      trouble = `${error.message} It is tried again.`;
      pause = tryAgainMs;
      tryAgainMs = Math.min(tryAgainMs * 2, TRY_AGAIN_MOST_MS);
    }
    if (trouble !== undefined && trouble !== told) tell(trouble);
    told = trouble;
  }
}

async function lacks({ folder = "", index: file }: DocumentsSetting, address?: string): Promise<boolean> {
  if (address === undefined && !existsSync(file)) return true;
  const index: DocumentIndex | undefined =
    address === undefined ? openIndex(file) : await openPostgresIndex(address, [folder]);
  if (index === undefined) return true;
  try {
    const states = await Promise.all((await index.builds()).map(compareWithFolder));
    return states.some((state) => state !== undefined && lackOf(state) !== undefined);
  } finally {
    await index.close();
  }
}
