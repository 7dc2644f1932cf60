import { assemble, type AssembledParts } from "../../assemble/assemble.ts";
import type { Durability, ThreadRow } from "../../durability/durability.ts";
import { threadUnknown } from "../../durability/lease.ts";
import { sweepOrphans, type Swept } from "../../durability/sweep.ts";
import { isRunEvent } from "../../graph/events.ts";
import { createAgenticRag } from "../../graph/graph.ts";
import type { Settings } from "../../settings/settings.ts";
import { wantsApproval, type Approver } from "../approver.ts";
import { openApprovingTerminal } from "../approving-terminal.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseNow, chooseSettings, requireIndex } from "../arguments/chosen-settings.ts";
import { discoverModel } from "../discovery.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { report } from "../terminal/failure.ts";
import { headerFor } from "../view/header.ts";
import { interruptible } from "../terminal/interruption.ts";
import { createPresentation, type Presentation } from "../view/presentation.ts";
import { printableLine } from "../terminal/printable.ts";
import { createProblemTeller } from "../terminal/problem-teller.ts";
import { exitCodeOf, NOTHING_YET, readRecord } from "../view/run-record.ts";
import { runAgent } from "../run.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { openThreads, OWNER, stoppedLine, waitingLine } from "../thread-database.ts";

/** What every run of the command works with. */
interface Opened {
  readonly args: Arguments;
  readonly surroundings: Surroundings;
  readonly settings: Settings;
  readonly parts: AssembledParts;
  readonly durability: Durability;
  readonly header: string;
  readonly signal: AbortSignal;
  readonly drain: AbortSignal;
  /** Answers for the run that is shown on the presentation; nobody does without `--approve`. */
  readonly approver: Approver | undefined;
  /** Which run that is. */
  readonly show: (shown: Presentation) => void;
}

/** Finishes one run, or all whose process is gone, and gives the code to end with. */
export async function resume(args: Arguments, surroundings: Surroundings): Promise<number> {
  const settings = chooseSettings(args, surroundings);
  requireIndex(settings);
  const approves = wantsApproval(args, surroundings);
  const drain = new AbortController();
  const [thread] = args.words;
  let current: Presentation | undefined;
  const terminal = approves ? openApprovingTerminal(surroundings, (text) => current?.ask(text)) : undefined;
  try {
    return await interruptible(
      terminal?.surroundings ?? surroundings,
      (signal) =>
        open(args, surroundings, settings, {
          signal,
          drain: drain.signal,
          approver: terminal?.approver,
          show: (shown) => (current = shown),
        }),
      thread === undefined ? undefined : stoppedLine(thread, approves),
      drain,
    );
  } finally {
    terminal?.close();
  }
}

async function open(
  args: Arguments,
  surroundings: Surroundings,
  chosen: Settings,
  given: Pick<Opened, "signal" | "drain" | "approver" | "show">,
): Promise<number> {
  const { settings, note } = await discoverModel(chosen, args, surroundings, given.signal);
  const durability = await openThreads(settings);
  const parts = assemble(settings, { onProblem: createProblemTeller(surroundings) });
  const header = note + headerFor(settings);
  try {
    const opened = { args, surroundings, settings, parts, durability, header, ...given };
    const [thread] = args.words;
    return thread === undefined ? await resumeAll(opened) : await resumeOne(opened, thread);
  } finally {
    parts.close();
    await durability.close();
  }
}

async function resumeOne(opened: Opened, name: string): Promise<number> {
  const { args, surroundings, durability, signal, drain, approver } = opened;
  const thread = await durability.book.find(name);
  if (thread === undefined) throw threadUnknown(name);
  const shown = createPresentation(args, surroundings, () => thread.question);
  opened.show(shown);
  let record = NOTHING_YET;
  let streamed = false;
  try {
    shown.begin(`${questionLine(thread)}\n${opened.header}`);
    const ended = await runAgent({
      agent: agentOf(opened),
      signal,
      thread: { durability, name, leaseMs: opened.settings.leaseSeconds * 1000, drain },
      approver,
      onEvent(event) {
        streamed = true;
        shown.onEvent(event);
      },
    });
    ({ record } = ended);
    if (ended.thrown !== undefined) throw ended.thrown.error;
    if (ended.stopped) {
      const waits = ended.waiting && !drain.aborted;
      shown.stop(record, waits ? waitingLine(name) : stoppedLine(name, approver !== undefined));
      return waits ? EXIT_CODES.failed : EXIT_CODES.answered;
    }
    const { answer, answered, citations, stopReason } = record;
    // an answer that was there already is told by nobody else
    if (!streamed) {
      shown.onEvent({
        type: "answer-end",
        answer,
        answered,
        citations,
        stopReason: stopReason ?? "no-answer",
      });
    }
    shown.end(record);
    return exitCodeOf(record);
  } catch (error) {
    shown.abandon(record, error);
    return report(error, surroundings, { json: false });
  }
}

async function resumeAll(opened: Opened): Promise<number> {
  const { args, surroundings, durability, signal, drain, approver } = opened;
  const { stderr } = surroundings;
  const shownOf = (thread: ThreadRow) => createPresentation(args, surroundings, () => thread.question);
  let current: ReturnType<typeof shownOf> | undefined;
  let exitCode: number = EXIT_CODES.answered;
  let count = 0;
  const sweeping = sweepOrphans({
    durability,
    agent: agentOf(opened),
    owner: OWNER,
    leaseMs: opened.settings.leaseSeconds * 1000,
    signal,
    drain,
    ...(approver !== undefined && { answer: approver.answer }),
    onThread(thread) {
      const shown = shownOf(thread);
      current = shown;
      opened.show(shown);
      shown.begin(`${printableLine(thread.threadId)}: ${questionLine(thread)}\n${opened.header}`);
      return (mode, data) =>
        mode === "custom" && isRunEvent(data) && approver?.knows(data) !== true && shown.onEvent(data);
    },
  });
  for await (const swept of sweeping) {
    count += 1;
    const shown = current ?? shownOf(swept.thread);
    current = undefined;
    if (swept.status === "finished") {
      const record = readRecord(swept.state);
      shown.end(record);
      exitCode = Math.max(exitCode, exitCodeOf(record));
    } else {
      shown.abandon(NOTHING_YET, new Error(sentenceOn(swept, approver !== undefined)));
      stderr.write(`${sentenceOn(swept, approver !== undefined)}\n`);
      if (swept.status === "failed" || swept.status === "waiting") exitCode = EXIT_CODES.failed;
    }
  }
  if (count === 0) stderr.write("There is nothing to resume.\n");
  return exitCode;
}

function sentenceOn({ thread, status, problem }: Swept, approves: boolean): string {
  const name = printableLine(thread.threadId);
  if (status === "stopped") return stoppedLine(name, approves);
  if (status === "waiting") return `${name}: ${waitingLine(name)}`;
  if (status === "busy") return `${name}: another process drives it.`;
  return `${name}: ${printableLine(problem)}`;
}

function questionLine({ question }: ThreadRow): string {
  return printableLine(question);
}

function agentOf({ args, parts, durability, approver }: Opened) {
  const limits = { ...parts.limits, approveSearches: approver !== undefined };
  return createAgenticRag({ ...parts, limits, now: chooseNow(args) }, durability);
}
