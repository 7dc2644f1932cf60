import { assemble } from "../assemble.ts";
import { createAgenticRag } from "../graph/graph.ts";
import type { Arguments } from "./arguments.ts";
import { chooseNow, chooseSettings, requireIndex } from "./chosen-settings.ts";
import { discoverModel } from "./discovery.ts";
import { EXIT_CODES } from "./exit-code.ts";
import { report } from "./failure.ts";
import { headerFor } from "./header.ts";
import { interruptible } from "./interruption.ts";
import { createPresentation } from "./presentation.ts";
import { createProblemTeller } from "./problem-teller.ts";
import { readQuestion } from "./question.ts";
import { exitCodeOf, NOTHING_YET } from "./run-record.ts";
import { runAgent } from "./run.ts";
import type { Surroundings } from "./surroundings.ts";
import { openThreads, stoppedLine } from "./thread-database.ts";

/** Asks one question, shows what happens, and gives the code to end with. */
export async function ask(args: Arguments, surroundings: Surroundings): Promise<number> {
  let question = args.words.join(" ");
  const shown = createPresentation(args, surroundings, () => question);
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
      const durability = thread === undefined ? undefined : await openThreads(settings);
      const used = settings === chosen ? parts : assemble(settings, { onProblem });
      try {
        const agent = createAgenticRag({ ...used, now }, durability);
        shown.begin(note + headerFor(settings));
        const ended = await runAgent({
          agent,
          question,
          signal,
          onEvent: shown.onEvent,
          ...(durability !== undefined &&
            thread !== undefined && {
              thread: {
                durability,
                name: thread,
                leaseMs: settings.leaseSeconds * 1000,
                drain: drain.signal,
              },
            }),
        });
        ({ record } = ended);
        if (ended.thrown !== undefined) throw ended.thrown.error;
        if (ended.stopped && thread !== undefined) {
          shown.stop(record, thread);
          return EXIT_CODES.answered;
        }
        shown.end(record);
        return exitCodeOf(record);
      } finally {
        used.close();
        await durability?.close();
      }
    };
    return await interruptible(
      surroundings,
      work,
      thread === undefined ? undefined : stoppedLine(thread),
      thread === undefined ? undefined : drain,
    );
  } catch (error) {
    shown.abandon(record, error);
    return report(error, surroundings, { json: false });
  }
}
