import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { buildIndex, type IndexReport } from "../../search/local/index-builder.ts";
import { compareWithFolder, lackOf } from "../../search/local/index-state.ts";
import { type DocumentIndex, openIndex } from "../../search/local/local-index.ts";
import { buildPostgresIndex, openPostgresIndex } from "../../search/local/postgres/postgres.ts";
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

const STOPPED = "Stopped. The index holds what was read so far; the same command goes on from there.";

/** The folders are listed again after this time, or after this many times what listing them took. */
const LOOK_AGAIN_MS = 1_000;
const LOOK_AGAIN_FACTOR = 20;
/** What could not be embedded is tried again after a second, then twice as long, at most this. */
const TRY_AGAIN_MOST_MS = 60_000;

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

  async function build(signal: AbortSignal): Promise<boolean> {
    const done: Indexed[] = [];
    for (const [number, { folder = "", index }] of documents.entries()) {
      const { report, place } = await buildOne(folder, index, settings, signal, surroundings);
      const kept = documentsDatabase === undefined ? { file: index } : { address: documentsDatabase, folder };
      const vectors = await embedding?.build(kept, signal, surroundings);
      const given = args.words[number] ?? folder;
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
    let isWhole = await build(signal);
    if (!watches) return isWhole;
    stderr.write(`Watching ${args.words.map(printableLine).join(", ")}. Ctrl-C ends it.\n`);
    let tryAgainMs = LOOK_AGAIN_MS;
    let built = performance.now();
    for (let pause = LOOK_AGAIN_MS; ;) {
      await delay(pause, undefined, { signal });
      const begun = performance.now();
      const behind = await Promise.all(documents.map((one) => lacks(one, documentsDatabase)));
      pause = Math.max(LOOK_AGAIN_MS, LOOK_AGAIN_FACTOR * (performance.now() - begun));
      const isDue = !isWhole && begun - built >= tryAgainMs;
      if (!isDue && !behind.includes(true)) continue;
      isWhole = await build(signal);
      built = performance.now();
      tryAgainMs = isWhole ? LOOK_AGAIN_MS : Math.min(tryAgainMs * 2, TRY_AGAIN_MOST_MS);
    }
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

async function lacks({ folder = "", index: file }: DocumentsSetting, address?: string): Promise<boolean> {
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
