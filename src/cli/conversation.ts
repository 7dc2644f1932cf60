import { randomUUID } from "node:crypto";
import type { AgenticRag } from "../graph/graph.ts";
import { report } from "./failure.ts";
import { Interruption } from "./interruption.ts";
import { createPaint, type PaintOptions } from "./paint.ts";
import { exitCodeOf, type RunRecord } from "./run-record.ts";
import { createRunView } from "./run-view.ts";
import { runAgent } from "./run.ts";
import { createSheet } from "./sheet.ts";
import { showSources } from "./source-list.ts";
import type { Surroundings } from "./surroundings.ts";

/** Questions and answers on one thread. */
export interface Conversation {
  /** Asks, shows what happens, and gives the exit code that one question alone would have. */
  ask(question: string): Promise<number>;
  /** Ends the answer that is being written, if any. */
  stop(): void;
  /** Forgets all that was said. */
  restart(): void;
  /** Shows the sources of the last answer. */
  showSources(): void;
}

export interface ConversationOptions extends PaintOptions {
  /** Keeps threads. */
  readonly agent: AgenticRag;
  readonly surroundings: Surroundings;
}

export function createConversation(options: ConversationOptions): Conversation {
  const { agent, surroundings } = options;
  let threadId = randomUUID();
  let last: RunRecord | undefined;
  let told = false;
  let running: AbortController | undefined;

  return {
    async ask(question) {
      const controller = new AbortController();
      running = controller;
      const view = createRunView(surroundings, { ...options, above: true, showModel: !told });
      told = true;
      const { signal } = controller;
      const { record, thrown } = await runAgent({ agent, question, signal, threadId, onEvent: view.onEvent });
      running = undefined;
      if (thrown !== undefined) {
        view.close();
        const error = signal.aborted ? new Interruption("SIGINT") : thrown.error;
        return report(error, surroundings, { json: false });
      }
      view.end(record);
      last = record;
      return exitCodeOf(record);
    },
    stop: () => running?.abort(),
    restart() {
      threadId = randomUUID();
      last = undefined;
    },
    showSources() {
      const { stdout } = surroundings;
      const sheet = createSheet(stdout);
      if (last === undefined || last.sources.length === 0) sheet.line("sources", "There are no sources yet.");
      else showSources(sheet, createPaint(stdout, options), last);
    },
  };
}
