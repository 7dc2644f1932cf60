import type { Durability } from "../durability/durability.ts";
import type { AgenticRag } from "../graph/graph.ts";
import { createApprover } from "./approver.ts";
import { EXIT_CODES } from "./terminal/exit-code.ts";
import { report } from "./terminal/failure.ts";
import { Interruption } from "./terminal/interruption.ts";
import type { LineReader } from "./terminal/line-reader.ts";
import { createPaint, type PaintOptions } from "./terminal/paint.ts";
import { exitCodeOf, type RunRecord } from "./view/run-record.ts";
import { createRunView } from "./view/run-view.ts";
import { runAgent } from "./run.ts";
import { openGroups } from "./terminal/grouped-output.ts";
import { showSources } from "./view/source-list.ts";
import type { Surroundings } from "./terminal/surroundings.ts";
import { newThreadName } from "./thread-database.ts";

/** Questions and answers on one thread. */
export interface Conversation {
  /** Asks, shows what happens, and gives the exit code that one question alone would have. */
  ask(question: string): Promise<number>;
  /** Ends the answer that is being written, if any. */
  stop(): void;
  /** Ends it after the step that it is in. */
  drain(): void;
  /** Begins a new thread, which knows nothing of what was said. */
  restart(): void;
  /** The thread that it goes on with, once something was asked on it. */
  readonly thread: string | undefined;
  /** Whether the last answer was ended before it was there. */
  readonly stopped: boolean;
  /** Whether it waits for a person's word on a search. */
  readonly waiting: boolean;
  /** Shows the sources of the last answer. */
  showSources(): void;
}

export interface ConversationOptions extends PaintOptions {
  /** What the agent keeps its threads in. */
  readonly durability: Durability;
  readonly agent: AgenticRag;
  /** Where a person answers an agent that asks before it searches. Default: nobody does. */
  readonly approvedAt?: LineReader | undefined;
  readonly leaseMs: number;
  /** The thread to go on with. Default: a new one. */
  readonly thread?: string;
  readonly now: () => Date;
  readonly surroundings: Surroundings;
}

export function createConversation(options: ConversationOptions): Conversation {
  const { agent, surroundings, durability, leaseMs, now, approvedAt } = options;
  let name = options.thread ?? newThreadName(now());
  let asked = false;
  let stopped = false;
  let waiting = false;
  let last: RunRecord | undefined;
  let told = false;
  let running: AbortController | undefined;
  const drain = new AbortController();

  return {
    async ask(question) {
      const controller = new AbortController();
      running = controller;
      const view = createRunView(surroundings, { ...options, above: true, showModel: !told });
      told = true;
      const { signal } = controller;
      asked = true;
      const approver =
        approvedAt === undefined ? undefined : createApprover({ reader: approvedAt, show: view.ask });
      const ended = await runAgent({
        agent,
        question,
        signal,
        onEvent: view.onEvent,
        thread: { durability, name, leaseMs, drain: drain.signal },
        approver,
      });
      const { record, thrown } = ended;
      running = undefined;
      stopped = ended.stopped || signal.aborted;
      waiting = ended.waiting;
      if (thrown !== undefined) {
        view.close();
        const error = signal.aborted ? new Interruption("SIGINT") : thrown.error;
        return report(error, surroundings, { json: false });
      }
      if (ended.stopped) {
        view.close();
        return ended.waiting ? EXIT_CODES.failed : EXIT_CODES.answered;
      }
      view.end(record);
      last = record;
      return exitCodeOf(record);
    },
    stop: () => running?.abort(),
    drain: () => drain.abort(),
    get thread() {
      return asked ? name : undefined;
    },
    get stopped() {
      return stopped;
    },
    get waiting() {
      return waiting;
    },
    restart() {
      name = newThreadName(now());
      asked = false;
      stopped = false;
      waiting = false;
      last = undefined;
    },
    showSources() {
      const { stdout, folder } = surroundings;
      const groups = openGroups(stdout, options);
      if (last === undefined || last.sources.length === 0)
        groups.line("sources", "There are no sources yet.");
      else showSources({ groups, paint: createPaint(stdout, options), folder }, last, { asked: true });
    },
  };
}
