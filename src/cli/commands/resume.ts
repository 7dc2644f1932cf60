import { AgenticRagError } from "../../errors.ts";
import type { Durability, ThreadRow } from "../../durability/durability.ts";
import { threadUnknown } from "../../durability/lease.ts";
import { sweepOrphans, type Swept } from "../../durability/sweep.ts";
import { isRunEvent } from "../../graph/events.ts";
import type { AgenticRag } from "../../graph/graph.ts";
import type { Settings } from "../../settings/settings.ts";
import { wantsApproval, type Approver } from "../approver.ts";
import { openApprovingTerminal } from "../approving-terminal.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { openAgent } from "../open-agent.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { report } from "../terminal/failure.ts";
import { interruptible } from "../terminal/interruption.ts";
import { withAnswerFile } from "../view/answer-file.ts";
import { createPresentation, type Presentation } from "../view/presentation.ts";
import { printableLine } from "../terminal/printable.ts";
import { withReportFile } from "../view/report-file.ts";
import { exitCodeOf, NOTHING_YET, readRecord } from "../view/run-record.ts";
import { concludeRun, runAgent } from "../run.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { openThreads, OWNER, stoppedLine, waitingLine } from "../thread-database.ts";

/** What every run of the command works with. */
interface Opened {
  readonly args: Arguments;
  readonly surroundings: Surroundings;
  readonly settings: Settings;
  readonly agent: AgenticRag;
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
  const approves = wantsApproval(args, surroundings);
  const drain = new AbortController();
  const [thread] = args.words;
  let current: Presentation | undefined;
  const terminal = approves ? openApprovingTerminal(surroundings, (text) => current?.ask(text)) : undefined;
  try {
    return await interruptible(
      terminal?.surroundings ?? surroundings,
      (signal) =>
        open(args, surroundings, {
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
  given: Pick<Opened, "signal" | "drain" | "approver" | "show">,
): Promise<number> {
  const { agent, settings, header, kept, close } = await openAgent(
    args,
    surroundings,
    given.signal,
    async (chosen) => ({ durability: await openThreads(chosen) }),
  );
  try {
    const opened = { args, surroundings, settings, agent, durability: kept.durability, header, ...given };
    const [thread] = args.words;
    return thread === undefined ? await resumeAll(opened) : await resumeOne(opened, thread);
  } finally {
    await close();
  }
}

async function resumeOne(opened: Opened, name: string): Promise<number> {
  const { args, surroundings, durability, signal, drain, approver } = opened;
  const thread = await durability.book.find(name);
  if (thread === undefined) throw threadUnknown(name);
  const shown = await withReportFile(
    withAnswerFile(
      createPresentation(args, surroundings, () => thread.question),
      args,
      surroundings,
    ),
    args,
    surroundings,
    () => thread.question,
  );
  opened.show(shown);
  let record = NOTHING_YET;
  let streamed = false;
  try {
    shown.begin(`${questionLine(thread)}\n${opened.header}`);
    const ended = await runAgent({
      agent: opened.agent,
      signal,
      thread: { durability, name, leaseMs: opened.settings.leaseSeconds * 1000, drain },
      approver,
      onEvent(event) {
        streamed = true;
        shown.onEvent(event);
      },
    });
    ({ record } = ended);
    const { answer, answered, citations, uncited, stopReason } = record;
    // an answer that was there already is told by nobody else
    if (!streamed && !ended.stopped && ended.thrown === undefined) {
      shown.onEvent({
        type: "answer-end",
        answer,
        answered,
        citations,
        uncited,
        stopReason: stopReason ?? "no-answer",
      });
    }
    return concludeRun(ended, shown, { name, drain, approves: approver !== undefined });
  } catch (error) {
    shown.abandon(record, error);
    return report(error, surroundings, { json: false });
  }
}

async function resumeAll(opened: Opened): Promise<number> {
  const { args, surroundings, durability, signal, drain, approver } = opened;
  const { stderr } = surroundings;
  const shownOf = (thread: ThreadRow) =>
    createPresentation(args, surroundings, () => thread.question, { oneOfSeveral: true });
  let current: ReturnType<typeof shownOf> | undefined;
  let exitCode: number = EXIT_CODES.answered;
  let count = 0;
  const sweeping = sweepOrphans({
    durability,
    agent: opened.agent,
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
      const sentence = sentenceOn(swept, approver !== undefined);
      if (swept.status === "stopped" || swept.status === "waiting") shown.stop(NOTHING_YET, sentence);
      else {
        shown.abandon(NOTHING_YET, failureOf(swept, sentence));
        stderr.write(`${sentence}\n`);
      }
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

function failureOf({ status }: Swept, sentence: string): Error {
  return status === "busy" ? new AgenticRagError("thread-busy", sentence) : new Error(sentence);
}

function questionLine({ question }: ThreadRow): string {
  return printableLine(question);
}
