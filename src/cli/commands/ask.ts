import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { openSqliteDurability } from "../../durability/sqlite/sqlite.ts";
import { wantsApproval } from "../approver.ts";
import { openApprovingTerminal } from "../approving-terminal.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { readQuestion } from "../arguments/question.ts";
import { savedRun } from "../data/saved-run.ts";
import { appendTrajectory } from "../data/trajectory-file.ts";
import { openAgent } from "../open-agent.ts";
import { concludeRun, runAgent } from "../run.ts";
import { report, UsageError } from "../terminal/failure.ts";
import { interruptible, Interruption } from "../terminal/interruption.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { newThreadName, openThreads, stoppedLine } from "../thread-database.ts";
import { withAnswerFile } from "../view/answer-file.ts";
import { createPresentation } from "../view/presentation.ts";
import { withReportFile } from "../view/report-file.ts";
import { NOTHING_YET } from "../view/run-record.ts";

/** Asks one question, shows what happens, and gives the code to end with. */
export async function ask(args: Arguments, surroundings: Surroundings): Promise<number> {
  const approves = wantsApproval(args, surroundings);
  const thread = args.values.get("thread");
  const save = args.values.get("save");
  let question = args.words.join(" ");
  if (approves && ["", "-"].includes(question.trim())) {
    throw new UsageError("--approve reads your answers at the terminal: give the question in words.");
  }
  const shown = await withReportFile(
    withAnswerFile(
      createPresentation(args, surroundings, () => question),
      args,
      surroundings,
    ),
    args,
    surroundings,
    () => question,
  );
  const terminal = approves ? openApprovingTerminal(surroundings, shown.ask) : undefined;
  const drain = new AbortController();
  let record = NOTHING_YET;

  async function work(signal: AbortSignal): Promise<number> {
    question = await readQuestion(args.words, surroundings.stdin, signal);
    const opened = await openAgent(args, surroundings, signal, async (settings) => {
      if (thread !== undefined) return { durability: await openThreads(settings) };
      // a run that waits for a person needs a place also when nothing of it is to stay
      return { durability: approves ? openSqliteDurability(":memory:") : undefined };
    });
    const { agent, settings, kept, header } = opened;
    try {
      shown.begin(header);
      const ended = await runAgent({
        agent,
        question,
        signal,
        onEvent: shown.onEvent,
        ...(kept.durability !== undefined && {
          thread: {
            durability: kept.durability,
            name: thread ?? newThreadName(new Date()),
            leaseMs: settings.leaseSeconds * 1000,
            drain: drain.signal,
          },
          approver: terminal?.approver,
        }),
      });
      ({ record } = ended);
      if (save !== undefined && ended.thrown === undefined && !ended.stopped) {
        const about = { id: randomUUID(), question, settings };
        await appendTrajectory(resolve(surroundings.folder, save), savedRun(record, about));
      }
      if (ended.stopped && thread === undefined) throw new Interruption("SIGINT");
      return concludeRun(ended, shown, { name: thread ?? "", drain: drain.signal, approves });
    } finally {
      await opened.close();
    }
  }

  try {
    return await interruptible(
      terminal?.surroundings ?? surroundings,
      work,
      thread === undefined ? undefined : stoppedLine(thread, approves),
      thread === undefined ? undefined : drain,
    );
  } catch (error) {
    shown.abandon(record, error);
    return report(error, surroundings, { json: false });
  } finally {
    terminal?.close();
  }
}
