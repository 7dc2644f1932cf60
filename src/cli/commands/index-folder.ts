import { resolve } from "node:path";
import { indexFileOf } from "../../assemble/assemble.ts";
import { buildIndex, type IndexReport } from "../../search/local/index-builder.ts";
import { counted, duration, size } from "../../view/amounts.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { quoted } from "../arguments/chosen-settings.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { interruptible } from "../terminal/interruption.ts";
import { createPaint, type Paint } from "../terminal/paint.ts";
import { printableJson, printableLine } from "../terminal/printable.ts";
import { createProgress } from "../terminal/progress.ts";
import { createGroupedOutput, type GroupedOutput } from "../terminal/grouped-output.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

const STOPPED = "Stopped. The index holds what was read so far; the same command goes on from there.";

/** Builds the index of a folder or brings it up to date, and gives the code to end with. */
export async function indexFolder(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, environment } = surroundings;
  const [given = ""] = args.words;
  const folder = resolve(surroundings.folder, given);
  const file = indexFileOf(folder);
  const progress = createProgress(stderr);
  const report = await interruptible(
    surroundings,
    async (signal) => {
      try {
        const built = await buildIndex({ folder, file, signal, onProgress: progress.onProgress });
        built.index.close();
        return built.report;
      } finally {
        progress.stop();
      }
    },
    STOPPED,
  );
  if (args.switches.has("json")) stdout.write(`${printableJson(toJson(folder, file, report))}\n`);
  else {
    const paint = createPaint(stdout, { environment, noColor: args.switches.has("no-color") });
    showReport(createGroupedOutput(stdout), paint, given, report);
  }
  return EXIT_CODES.answered;
}

function toJson(folder: string, file: string, report: IndexReport): unknown {
  const { added, updated, removed, unchanged, documents, passages, bytes, ms, problems } = report;
  return { folder, file, added, updated, removed, unchanged, documents, passages, bytes, ms, problems };
}

function showReport(groups: GroupedOutput, paint: Paint, folder: string, report: IndexReport): void {
  const { added, updated, removed, unchanged, documents, passages, bytes, ms, problems } = report;
  groups.line(
    "report",
    `${printableLine(folder)}: ${added} added, ${updated} updated, ${removed} removed, ${unchanged} unchanged`,
  );
  groups.line(
    "report",
    `The index holds ${counted(documents, "document")} in ${counted(passages, "passage")}: ${size(bytes)}, ${duration(ms)}.`,
    paint.dim,
  );
  if (problems.length > 0) {
    groups.line("problems", `${counted(problems.length, "problem")}:`, paint.yellow);
    for (const { path, reason } of problems) {
      groups.line("problems", `  ${printableLine(path)}: ${printableLine(reason)}`);
    }
  }
  if (documents > 0) groups.line("next", `Ask: agentic-rag ask --docs ${quoted(printableLine(folder))} "…"`);
  else
    groups.line(
      "next",
      "There is nothing to search: Markdown, HTML, PDF and plain text can be read.",
      paint.yellow,
    );
}
