import { assemble } from "../../assemble/assemble.ts";
import type { Durability } from "../../durability/durability.ts";
import { openSqliteDurability } from "../../durability/sqlite/sqlite.ts";
import { createAgenticRag } from "../../graph/graph.ts";
import type { Settings } from "../../settings/settings.ts";
import { wantsApproval } from "../approver.ts";
import { openApprovingTerminal } from "../approving-terminal.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseNow, chooseSettings, requireIndex } from "../arguments/chosen-settings.ts";
import { discoverModel } from "../discovery.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { report, UsageError } from "../terminal/failure.ts";
import { headerFor } from "../view/header.ts";
import { interruptible, Interruption } from "../terminal/interruption.ts";
import { createPresentation } from "../view/presentation.ts";
import { createProblemTeller } from "../terminal/problem-teller.ts";
import { readQuestion } from "../arguments/question.ts";
import { exitCodeOf, NOTHING_YET } from "../view/run-record.ts";
import { runAgent } from "../run.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { newThreadName, openThreads, stoppedLine, waitingLine } from "../thread-database.ts";

/** Asks one question, shows what happens, and gives the code to end with. */
export async function ask(args: Arguments, surroundings: Surroundings): Promise<number> {
  let question = args.words.join(" ");
  const approves = wantsApproval(args, surroundings);
  if (approves && ["", "-"].includes(question.trim())) {
    throw new UsageError("--approve reads your answers at the terminal: give the question in words.");
  }
  const shown = createPresentation(args, surroundings, () => question);
  const terminal = approves ? openApprovingTerminal(surroundings, shown.ask) : undefined;
  let record = NOTHING_YET;
  try {
    const chosen = chooseSettings(args, surroundings);
    const now = chooseNow(args);
    requireIndex(chosen);
    const onProblem = createProblemTeller(surroundings);
    const parts = assemble(chosen, { onProblem });
    const thread = args.values.get("thread");
    const drain = new AbortController();
    const work = async (signal: AbortSignal): Promise<number> => {
      question = await readQuestion(args.words, surroundings.stdin, signal);
      const { settings, note } = await discoverModel(chosen, args, surroundings, signal);
      const durability = await openKept(thread, approves, settings);
      const used = settings === chosen ? parts : assemble(settings, { onProblem });
      try {
        const agent = createAgenticRag(
          { ...used, limits: { ...used.limits, approveSearches: approves }, now },
          durability,
        );
        shown.begin(note + headerFor(settings));
        const ended = await runAgent({
          agent,
          question,
          signal,
          onEvent: shown.onEvent,
          ...(durability !== undefined && {
            thread: {
              durability,
              name: thread ?? newThreadName(now()),
              leaseMs: settings.leaseSeconds * 1000,
              drain: drain.signal,
            },
            approver: terminal?.approver,
          }),
        });
        ({ record } = ended);
        if (ended.thrown !== undefined) throw ended.thrown.error;
        if (ended.stopped) {
          if (thread === undefined) throw new Interruption("SIGINT");
          const waits = ended.waiting && !drain.signal.aborted;
          shown.stop(record, waits ? waitingLine(thread) : stoppedLine(thread, approves));
          return waits ? EXIT_CODES.failed : EXIT_CODES.answered;
        }
        shown.end(record);
        return exitCodeOf(record);
      } finally {
        used.close();
        await durability?.close();
      }
    };
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

/** Where the run is kept: a run that waits for a person needs a place also when nothing of it is to stay. */
async function openKept(
  thread: string | undefined,
  approves: boolean,
  settings: Settings,
): Promise<Durability | undefined> {
  if (thread !== undefined) return openThreads(settings);
  return approves ? openSqliteDurability(":memory:") : undefined;
}
