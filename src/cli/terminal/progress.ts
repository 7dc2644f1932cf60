import { SingleBar } from "cli-progress";
import type { OnProgress } from "../../search/local/folder-changes.ts";
import { printableLine } from "./printable.ts";
import type { TextOutput } from "./surroundings.ts";

export interface Progress {
  readonly onProgress: OnProgress;
  /** Takes the bar away and gives the cursor back. */
  stop(): void;
}

const PATH_CHARACTERS = 40;

/** A bar at a terminal, nothing elsewhere; `amount` is how its figures are written. */
export function createProgress(output: TextOutput, amount: (value: number) => string = String): Progress {
  if (output.isTTY !== true) return { onProgress: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: "{bar} {value}/{total} {path}",
    stream: output,
    barCompleteChar: "#",
    barIncompleteChar: "-",
    barsize: 24,
    formatValue: (value, _options, type) =>
      type === "value" || type === "total" ? amount(value) : String(value),
    hideCursor: true,
    clearOnComplete: true,
    // signals are handled in one place
    gracefulExit: false,
  });
  let begun = false;
  return {
    onProgress({ path, done, total }) {
      if (!begun) bar.start(total, 0, { path: "" });
      begun = true;
      bar.update(done, { path: shortened(printableLine(path)) });
    },
    stop() {
      if (begun) bar.stop();
    },
  };
}

/** The end of a path says more than its beginning. */
function shortened(path: string): string {
  const characters = Array.from(path);
  return characters.length <= PATH_CHARACTERS ? path : `…${characters.slice(1 - PATH_CHARACTERS).join("")}`;
}
