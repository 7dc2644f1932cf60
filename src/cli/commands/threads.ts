import type { Durability, ThreadRow } from "../../durability/durability.ts";
import { threadBusy, threadUnknown } from "../../durability/lease.ts";
import { ago } from "../../view/amounts.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseSettings, withoutModel } from "../arguments/chosen-settings.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { cut } from "../terminal/line-wrapper.ts";
import { createPaint } from "../terminal/paint.ts";
import { printable, printableJson, printableLine } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { showThread } from "./show-thread.ts";
import { openThreads, OWNER } from "../thread-database.ts";

/** Characters of a question in the table. */
const QUESTION_WIDTH = 60;

/** How long a thread is held while it is removed, in milliseconds. */
const REMOVAL_MS = 60_000;

/** Lists the threads, shows or removes one, and gives the code to end with. */
export async function threads(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout } = surroundings;
  const durability = await openThreads(chooseSettings(args, withoutModel(surroundings)));
  const json = args.switches.has("json");
  try {
    const [, shown] = args.words;
    if (shown !== undefined) {
      await showThread(shown, durability, args, surroundings);
      return EXIT_CODES.answered;
    }
    const name = args.values.get("delete");
    if (name !== undefined) {
      await remove(durability, name);
      stdout.write(json ? `${printableJson({ deleted: name })}\n` : `${printable(name)} is forgotten.\n`);
      return EXIT_CODES.answered;
    }
    const rows = await durability.book.list();
    const now = Date.now();
    if (json) {
      const listed = rows.map((row) => ({ ...row, status: statusOf(row) }));
      stdout.write(`${printableJson({ threads: listed })}\n`);
    } else {
      const lines = rows.length === 0 ? ["There are no threads yet."] : tableOf(rows, now);
      const paint = createPaint(stdout, {
        environment: surroundings.environment,
        noColor: args.switches.has("no-color"),
      });
      const columns = paint.isColorSupported ? (stdout.columns ?? Infinity) : Infinity;
      for (const line of lines) stdout.write(`${cut(line, columns)}\n`);
    }
    return EXIT_CODES.answered;
  } finally {
    await durability.close();
  }
}

/** Nobody drives a thread that is removed: its run would go on for nothing. */
async function remove({ book }: Durability, name: string): Promise<void> {
  if ((await book.find(name)) === undefined) throw threadUnknown(name);
  const claim = await book.claim(name, OWNER, REMOVAL_MS);
  if (claim.status === "busy") throw threadBusy(claim.thread);
  await book.remove(name);
}

function statusOf({ status, leasedUntil }: ThreadRow): string {
  return status === "running" && leasedUntil === 0 ? "interrupted" : status;
}

function tableOf(rows: readonly ThreadRow[], now: number): readonly string[] {
  const cells = [
    ["THREAD", "STATUS", "LAST", "QUESTION"],
    ...rows.map((row) => [
      printableLine(row.threadId),
      statusOf(row),
      ago(now - row.updatedAt),
      shortened(printableLine(row.question)),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function shortened(question: string): string {
  const letters = Array.from(question);
  return letters.length <= QUESTION_WIDTH ? question : `${letters.slice(0, QUESTION_WIDTH - 1).join("")}…`;
}
