import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for temporary files, which goes with its scope, and at the latest when this process is told to end. */
export function openScratch(name: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), `bench-${name}-`));
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", remove);
  return {
    path,
    [Symbol.dispose]() {
      process.off("exit", remove);
      remove();
    },
  };
}
