import { assemble } from "../assemble.ts";
import { createAgenticRag } from "../graph/graph.ts";
import type { Arguments } from "./arguments.ts";
import { chooseNow, chooseSettings, requireIndex } from "./chosen-settings.ts";
import { discoverModel } from "./discovery.ts";
import { report, UsageError } from "./failure.ts";
import { headerFor } from "./header.ts";
import { interruptible } from "./interruption.ts";
import { printable } from "./printable.ts";
import { readQuestion } from "./question.ts";
import { exitCodeOf, NOTHING_YET, type RunRecord } from "./run-record.ts";
import { runJson } from "./run-json.ts";
import { createRunView } from "./run-view.ts";
import { runAgent, type RunRequest } from "./run.ts";
import type { Surroundings } from "./surroundings.ts";

/** How a run is shown. */
interface Presentation {
  readonly onEvent: RunRequest["onEvent"];
  begin(header: string): void;
  end(record: RunRecord): void;
  /** The run was ended by an error, which is told afterwards. */
  abandon(record: RunRecord, error: unknown): void;
}

/** Asks one question, shows what happens, and gives the code to end with. */
export async function ask(args: Arguments, surroundings: Surroundings): Promise<number> {
  if (args.switches.has("json") && args.switches.has("quiet")) {
    throw new UsageError("--json and --quiet exclude each other.");
  }
  let question = args.words.join(" ");
  let shown: Presentation = presentation(args, surroundings, () => question);
  let record = NOTHING_YET;
  try {
    const chosen = chooseSettings(args, surroundings);
    const now = chooseNow(args);
    requireIndex(chosen);
    const parts = assemble(chosen);
    return await interruptible(surroundings, async (signal) => {
      question = await readQuestion(args.words, surroundings.stdin, signal);
      const { settings, note } = await discoverModel(chosen, args, surroundings, signal);
      const agent = createAgenticRag({ ...(settings === chosen ? parts : assemble(settings)), now });
      shown.begin(note + headerFor(settings));
      const ended = await runAgent({ agent, question, signal, onEvent: shown.onEvent });
      ({ record } = ended);
      if (ended.thrown !== undefined) throw ended.thrown.error;
      shown.end(record);
      return exitCodeOf(record);
    });
  } catch (error) {
    shown.abandon(record, error);
    return report(error, surroundings, { json: false });
  }
}

function presentation(args: Arguments, surroundings: Surroundings, question: () => string): Presentation {
  if (args.switches.has("json")) return jsonPresentation(surroundings, question);
  if (args.switches.has("quiet")) return quietPresentation(surroundings);
  const { environment } = surroundings;
  const view = createRunView(surroundings, { environment, noColor: args.switches.has("no-color") });
  return { ...view, abandon: () => view.close() };
}

function jsonPresentation({ stdout, environment }: Surroundings, question: () => string): Presentation {
  return {
    onEvent: () => undefined,
    begin: () => undefined,
    end: (record) => stdout.write(`${runJson(question(), record)}\n`),
    abandon: (record, error) => stdout.write(`${runJson(question(), record, { error, environment })}\n`),
  };
}

function quietPresentation({ stdout, stderr }: Surroundings): Presentation {
  return {
    onEvent: () => undefined,
    begin: () => undefined,
    end: (record) => (record.answered ? stdout : stderr).write(`${printable(record.answer)}\n`),
    abandon: () => undefined,
  };
}
