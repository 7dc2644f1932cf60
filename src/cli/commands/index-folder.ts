import { existsSync } from "node:fs";
import { buildIndex, type IndexReport } from "../../search/local/index-builder.ts";
import { buildPostgresIndex } from "../../search/local/postgres/postgres.ts";
import type { VectorReport } from "../../search/local/vectors/build-vectors.ts";
import type { Settings } from "../../settings/settings.ts";
import { type DocumentsSetting, indexFileOf, joinPaths } from "../../settings/documents.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { askCommand } from "../arguments/chosen-documents.ts";
import { chooseSettings, withoutModel } from "../arguments/chosen-settings.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { openGroups } from "../terminal/grouped-output.ts";
import { interruptible } from "../terminal/interruption.ts";
import { createPaint } from "../terminal/paint.ts";
import { printableJson, printableLine } from "../terminal/printable.ts";
import { createProgress } from "../terminal/progress.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { showIndexReport, showVectorReport } from "../view/index-view.ts";
import { openEmbedding } from "../embedding-build.ts";
import { watchFolders } from "../folder-watch.ts";

const STOPPED = "Stopped. The index holds what was read so far; the same command goes on from there.";

/** A folder as it was typed, and what was done for it. */
interface Indexed {
  readonly given: string;
  readonly folder: string;
  readonly file: string;
  /** Where its index is instead of the file, without user and password. */
  readonly database?: string;
  readonly report: IndexReport;
  /** What came of embedding its passages, where a model for it is set. */
  readonly vectors?: VectorReport;
}

/**
 * Builds the indexes of folders or brings them up to date, one after another, with `--watch` again and again, and gives
 * the code to end with.
 */
export async function indexFolder(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, environment } = surroundings;
  const values = new Map(args.values).set("docs", joinPaths(args.words));
  const settings = chooseSettings({ values }, withoutModel(surroundings));
  const { documents, documentsDatabase } = settings;
  const embedding = openEmbedding(settings);
  if (documents.length > 1 && documents.every(({ folder = "" }) => !existsSync(folder))) {
    const question = ["index", ...args.words].join(" ");
    throw new UsageError(
      `None of these folders is there: ${args.words.join(", ")}.\nA question that begins with "index" is asked by: agentic-rag ask "${question}"`,
    );
  }
  const watches = args.switches.has("watch");
  const paint = createPaint(stdout, { environment, noColor: args.switches.has("no-color") });
  const groups = openGroups(stdout, { environment, noColor: args.switches.has("no-color") });

  async function build(some: readonly DocumentsSetting[], signal: AbortSignal): Promise<boolean> {
    const done: Indexed[] = [];
    for (const one of some) {
      const { folder = "", index } = one;
      const { report, place } = await buildOne(folder, index, settings, signal, surroundings);
      const kept = documentsDatabase === undefined ? { file: index } : { address: documentsDatabase, folder };
      const vectors = await embedding?.build(kept, signal, surroundings);
      const given = args.words[documents.indexOf(one)] ?? folder;
      done.push({
        given,
        folder,
        file: index,
        ...(documentsDatabase !== undefined && { database: place }),
        report,
        ...(vectors !== undefined && { vectors }),
      });
    }
    const isWhole = done.every(({ vectors }) => vectors?.problem === undefined);
    if (args.switches.has("json")) {
      const reports = done.map(toJson);
      stdout.write(`${printableJson(reports.length === 1 ? reports[0] : { folders: reports })}\n`);
      return isWhole;
    }
    for (const { given, report, vectors } of done) {
      showIndexReport(groups, paint, given, report);
      if (vectors !== undefined) showVectorReport(groups, paint, given, vectors);
    }
    if (done.some(({ report }) => report.documents > 0))
      groups.line("next", `Ask: ${asked(done, args.values.has("database"))}`);
    else groups.line("next", NOTHING, paint.yellow);
    return isWhole;
  }
  async function work(signal: AbortSignal): Promise<boolean> {
    const isWhole = await build(documents, signal);
    if (!watches) return isWhole;
    stderr.write(`Watching ${args.words.map(printableLine).join(", ")}. Ctrl-C ends it.\n`);
    return watchFolders({
      documents,
      address: documentsDatabase,
      isWhole,
      build: (some) => build(some, signal),
      tell: (line) => void stderr.write(`${line}\n`),
      signal,
    });
  }
  try {
    const isWhole = await interruptible(surroundings, work, watches ? "Stopped watching." : STOPPED);
    return isWhole ? EXIT_CODES.answered : EXIT_CODES.failed;
  } finally {
    await embedding?.close();
  }
}

const NOTHING =
  "There is nothing to search: text, Markdown, HTML, PDF, office files, tables, mails and code can be read.";

async function buildOne(
  folder: string,
  file: string,
  { indexing, documentsDatabase: address }: Settings,
  signal: AbortSignal,
  { stderr }: Surroundings,
): Promise<{ readonly report: IndexReport; readonly place: string }> {
  const progress = createProgress(stderr);
  const { onProgress } = progress;
  const onWait = (): void => {
    stderr.write("Another build of this index is at work. Waiting for it.\n");
  };
  const options = { folder, ...indexing, signal, onProgress, onWait };
  try {
    const { index, report } =
      address === undefined
        ? await buildIndex({ ...options, file })
        : await buildPostgresIndex({ ...options, address });
    await index.close();
    return { report, place: index.place };
  } finally {
    progress.stop();
  }
}

/** The address of a database, which may hold a password, is not repeated. */
function asked(done: readonly Indexed[], namesDatabase: boolean): string {
  if (done.some(({ database }) => database !== undefined)) {
    const command = askCommand(done.map(({ given }) => ({ folder: printableLine(given) })));
    return namesDatabase ? command.replace(" ask ", ' ask --database "…" ') : command;
  }
  const isElsewhere = done.some(({ folder, file }) => file !== indexFileOf(folder));
  return askCommand(
    done.map(({ given, file }) => ({
      folder: printableLine(given),
      index: isElsewhere ? printableLine(file) : undefined,
    })),
  );
}

function toJson({ folder, file, database, report, vectors }: Indexed): unknown {
  const { added, updated, removed, unchanged, documents, passages, bytes, ms, problems, leftOut } = report;
  return {
    folder,
    ...(database === undefined ? { file } : { database }),
    added,
    updated,
    removed,
    unchanged,
    documents,
    passages,
    bytes,
    ms,
    problems,
    leftOut,
    ...(vectors !== undefined && { vectors }),
  };
}
