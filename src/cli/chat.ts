import { MemorySaver } from "@langchain/langgraph";
import { assemble } from "../assemble.ts";
import { createAgenticRag } from "../graph/graph.ts";
import type { Arguments } from "./arguments.ts";
import { chooseNow, chooseSettings, requireIndex } from "./chosen-settings.ts";
import { createConversation, type Conversation } from "./conversation.ts";
import { discoverModel } from "./discovery.ts";
import { EXIT_CODES, SIGNAL_EXIT_CODES } from "./exit-code.ts";
import { report } from "./failure.ts";
import { headerFor } from "./header.ts";
import { interruptible, Interruption } from "./interruption.ts";
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
  const chosen = chooseSettings(args, surroundings);
  const now = chooseNow(args);
  requireIndex(chosen);
  const { settings, note } = await interruptible(surroundings, (signal) =>
    discoverModel(chosen, args, surroundings, signal),
  );
  const agent = createAgenticRag({ ...assemble(settings), now }, { checkpointer: new MemorySaver() });
  const paintOptions = { environment, noColor: args.switches.has("no-color") };
  const conversation = createConversation({ agent, surroundings, ...paintOptions });
  const reader = createLineReader(surroundings, { prompt: "> ", onInterrupt: () => conversation.stop() });
  let ended: SignalName | undefined;
  const unsubscribe = onSignal((name) => {
    if (ended !== undefined) return leave(SIGNAL_EXIT_CODES[name]);
    ended = name;
    conversation.stop();
    reader.close();
  });

  const screen = stdout.isTTY === true ? stdout : stderr;
  const hint = reader.interactive ? "\nAsk a question, or type /help." : "";
  screen.write(`${createPaint(screen, paintOptions).dim(note + headerFor(settings) + hint)}\n`);
  try {
    const exitCode = await talk(reader, conversation, screen, () => ended !== undefined);
    if (ended !== undefined) return report(new Interruption(ended), surroundings, { json: false });
    return reader.interactive ? EXIT_CODES.answered : exitCode;
  } finally {
    unsubscribe();
    reader.close();
  }
}

/** Until there are no more lines. Gives the highest code that a question would have ended with. */
async function talk(
  reader: LineReader,
  conversation: Conversation,
  screen: TextOutput,
  isOver: () => boolean,
): Promise<number> {
  let exitCode: number = EXIT_CODES.answered;
  for (;;) {
    if (reader.interactive) screen.write("\n");
    const line = (await reader.next())?.trim();
    if (line === undefined || isOver()) return exitCode;
    if (line === "") continue;
    if (!reader.interactive) screen.write(`\n> ${printableLine(line)}\n`);
    if (line === "/quit") return exitCode;
    if (line === "/help") screen.write(HELP);
    else if (line === "/sources") conversation.showSources();
    else if (line === "/new") {
      conversation.restart();
      screen.write("A new conversation begins.\n");
    } else if (/^\/\w*$/.test(line)) screen.write(`There is no command ${line}. Type /help.\n`);
    else exitCode = Math.max(exitCode, await conversation.ask(line));
  }
}
