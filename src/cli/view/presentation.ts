import type { RunEvent } from "../../graph/events.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { UsageError } from "../terminal/failure.ts";
import { printable } from "../terminal/printable.ts";
import type { RunRecord } from "./run-record.ts";
import { runJson } from "./run-json.ts";
import { createRunView } from "./run-view.ts";
import { createStatusTeller } from "./status-teller.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/** How a run is shown. */
export interface Presentation {
  readonly onEvent: (event: RunEvent) => void;
  begin(header: string): void;
  /** What a person is asked, before they answer. */
  readonly ask: (text: string) => void;
  end(record: RunRecord): void;
  /** The run was ended by an error, which is told afterwards. */
  abandon(record: RunRecord, error: unknown): void;
  /** The run ended before its answer, and its thread has what was done; `line` says how it is finished. */
  stop(record: RunRecord, line: string): void;
}

/**
 * As `--json`, `--quiet` or neither asks for it. `question` gives what was asked, once it is known. `oneOfSeveral`: the
 * run's JSON is one line (https://jsonlines.org), since others follow.
 *
 * @throws UsageError for both of them
 */
export function createPresentation(
  args: Arguments,
  surroundings: Surroundings,
  question: () => string,
  { oneOfSeveral = false }: { readonly oneOfSeveral?: boolean } = {},
): Presentation {
  const { stdout, stderr, environment, status } = surroundings;
  const waits = createStatusTeller(status);
  const [json, quiet] = [args.switches.has("json"), args.switches.has("quiet")];
  if (json && quiet) throw new UsageError("--json and --quiet exclude each other.");
  const tellStopped = (line: string) => stderr.write(`${printable(line)}\n`);
  if (json) {
    const write = (record: RunRecord, thrown?: { readonly error: unknown }) =>
      stdout.write(
        `${runJson(question(), record, { indent: oneOfSeveral ? 0 : 2, ...(thrown && { thrown: { ...thrown, environment } }) })}\n`,
      );
    return {
      onEvent: waits.onEvent,
      begin: () => waits.begin(),
      ask: () => undefined,
      end: (record) => write(record),
      abandon: (record, error) => write(record, { error }),
      stop(record, line) {
        write(record);
        tellStopped(line);
      },
    };
  }
  if (quiet) {
    return {
      onEvent: waits.onEvent,
      begin: () => waits.begin(),
      ask: () => undefined,
      end: (record) => (record.answered ? stdout : stderr).write(`${printable(record.answer)}\n`),
      abandon: () => undefined,
      stop: (_, line) => tellStopped(line),
    };
  }
  const view = createRunView(surroundings, { environment, noColor: args.switches.has("no-color") });
  return {
    ...view,
    abandon: () => view.close(),
    stop(_, line) {
      view.close();
      tellStopped(line);
    },
  };
}
