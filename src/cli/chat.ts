import { MemorySaver } from "@langchain/langgraph";
import { assemble } from "../assemble.ts";
import { createAgenticRag } from "../graph/graph.ts";
import type { Arguments } from "./arguments.ts";
import { chooseNow, chooseSettings, requireIndex } from "./chosen-settings.ts";
import { createConversation, type Conversation } from "./conversation.ts";
import { EXIT_CODES, SIGNAL_EXIT_CODES } from "./exit-code.ts";
import { report } from "./failure.ts";
import { headerFor } from "./header.ts";
import { Interruption } from "./interruption.ts";
import { createLineReader, type LineReader } from "./line-reader.ts";
import { createPaint } from "./paint.ts";
import { printableLine } from "./printable.ts";
import type { SignalName, Surroundings, TextOutput } from "./surroundings.ts";

const HELP = `Type a question, or:
  /sources  the sources of the last answer
  /new      begin a new conversation
  /help     this help
  /quit     end (also Ctrl-D)
Ctrl-C stops an answer.
`;

/** Asks one question after another on one thread, and gives the code to end with. */
export async function chat(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { environment, stdout, stderr, onSignal, leave } = surroundings;
  const settings = chooseSettings(args, surroundings);
  const now = chooseNow(args);
  requireIndex(settings);
  const agent = createAgenticRag({ ...assemble(settings), now }, { checkpointer: new MemorySaver() });
  const paintOptions = { environment, noColor: args.switches.has("no-color") };
  const conversation = createConversation({ agent, surroundings, ...paintOptions });
  const screen = stdout.isTTY === true ? stdout : stderr;
  const reader = createLineReader(surroundings, { prompt: "> ", onInterrupt: createInterrupts() });
  let ended: SignalName | undefined;
  const unsubscribe = onSignal((name) => {
    if (ended !== undefined) return leave(SIGNAL_EXIT_CODES[name]);
    ended = name;
    conversation.stop();
    reader.close();
  });

  /** Ctrl-C stops the answer; where there is none to stop, the second one in a row ends. */
  function createInterrupts(): (typed: boolean) => void {
    let asked = 0;
    return (typed) => {
      if (!typed) return conversation.stop();
      if (asked === reader.given) return reader.close();
      asked = reader.given;
      screen.write("\n(Ctrl-C once more, or Ctrl-D, ends.)\n");
    };
  }

  const hint = reader.interactive ? "\nAsk a question, or type /help." : "";
  screen.write(`${createPaint(screen, paintOptions).dim(headerFor(settings) + hint)}\n`);
  try {
    const exitCode = await talk({ reader, conversation, screen, isOver: () => ended !== undefined });
    if (ended !== undefined) return report(new Interruption(ended), surroundings, { json: false });
    return reader.interactive ? EXIT_CODES.answered : exitCode;
  } finally {
    unsubscribe();
    reader.close();
  }
}
