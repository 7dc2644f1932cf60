import type { Durability } from "../../durability/durability.ts";
import { openSqliteDurability } from "../../durability/sqlite/sqlite.ts";
import { AgenticRagError } from "../../errors.ts";
import type { Settings } from "../../settings/settings.ts";
import { wantsApproval } from "../approver.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { quoted } from "../../text/quoted.ts";
import { createConversation, type Conversation } from "../conversation.ts";
import { openAgent, type Kept } from "../open-agent.ts";
import { EXIT_CODES, SIGNAL_EXIT_CODES } from "../terminal/exit-code.ts";
import { openGroups } from "../terminal/grouped-output.ts";
import { report, UsageError } from "../terminal/failure.ts";
import { interruptible, Interruption } from "../terminal/interruption.ts";
import { createLineReader, type LineReader } from "../terminal/line-reader.ts";
import { createPaint } from "../terminal/paint.ts";
import { nearestName } from "../terminal/nearest-name.ts";
import { printableLine } from "../terminal/printable.ts";
import type { SignalName, Surroundings, TextOutput } from "../terminal/surroundings.ts";
import { openThreads, stoppedLine, waitingLine } from "../thread-database.ts";

const COMMANDS = ["/sources", "/new", "/help", "/exit", "/quit"] as const;
const HELP = `Type a question, or:
  /sources  the sources of the last answer
  /new      begin a new conversation
  /help     this help
  /exit     end (also /quit, Ctrl-D)
Ctrl-C stops an answer.
`;

/** Asks one question after another on one thread, and gives the code to end with. */
export async function chat(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { environment, stdout, stderr, onSignal, leave } = surroundings;
  const approves = wantsApproval(args, surroundings);
  const opened = await interruptible(surroundings, (signal) =>
    openAgent(args, surroundings, signal, (settings) => openHistory(args, settings)),
  );
  const { agent, settings, header } = opened;
  const { durability, isKept } = opened.kept;
  const paintOptions = { environment, noColor: args.switches.has("no-color") };
  const thread = args.values.get("thread");
  const reader: LineReader = createLineReader(surroundings, {
    prompt: "> ",
    onInterrupt: () => conversation.stop(),
  });
  const conversation: Conversation = createConversation({
    agent,
    durability,
    leaseMs: settings.leaseSeconds * 1000,
    surroundings,
    now: () => new Date(),
    approvedAt: approves ? reader : undefined,
    ...(thread !== undefined && { thread }),
    ...paintOptions,
  });
  let ended: SignalName | undefined;
  const unsubscribe = onSignal((name) => {
    if (ended !== undefined) return leave(SIGNAL_EXIT_CODES[name]);
    ended = name;
    if (name === "SIGTERM" && isKept) conversation.drain();
    else conversation.stop();
    reader.close();
  });

  const screen = stdout.isTTY === true ? stdout : stderr;
  const hint = reader.interactive ? "\nAsk a question, or type /help." : "";
  const { dim } = createPaint(screen, paintOptions);
  openGroups(screen, paintOptions).line("header", header + hint, dim);
  try {
    const exitCode = await talk(reader, conversation, screen, () => ended !== undefined);
    if (isKept && conversation.thread !== undefined) {
      screen.write("\n");
      openGroups(screen, paintOptions).line(
        "end",
        howToGoOn(conversation.thread, conversation, approves),
        dim,
      );
    }
    if (ended === "SIGTERM" && isKept) return EXIT_CODES.answered;
    if (ended !== undefined) return report(new Interruption(ended), surroundings, { json: false });
    return reader.interactive ? EXIT_CODES.answered : exitCode;
  } finally {
    unsubscribe();
    reader.close();
    await opened.close();
  }
}

interface History extends Kept {
  readonly durability: Durability;
  /** False: what is said is gone with the process. */
  readonly isKept: boolean;
}

/** What nobody chose does not keep anyone from talking: where the usual place cannot be used, nothing is kept. */
async function openHistory(args: Arguments, settings: Settings): Promise<History> {
  const thread = args.values.get("thread");
  if (args.switches.has("no-history")) {
    if (thread === undefined) return keptNowhere();
    throw new UsageError("--thread and --no-history exclude each other.");
  }
  if (settings.database === undefined && thread === undefined) return keptNowhere();
  try {
    return { durability: await openThreads(settings), isKept: true };
  } catch (error) {
    const isChosen = settings.database?.byDefault !== true || thread !== undefined;
    if (isChosen || !AgenticRagError.isInstance(error)) throw error;
    return keptNowhere(`This conversation is not kept: ${printableLine(error.message)}\n`);
  }
}

function keptNowhere(note = ""): History {
  return { durability: openSqliteDurability(":memory:"), isKept: false, note };
}

function howToGoOn(
  thread: string,
  { stopped, waiting }: Pick<Conversation, "stopped" | "waiting">,
  approves: boolean,
): string {
  if (waiting) return waitingLine(thread);
  if (stopped) return stoppedLine(thread, approves);
  return `Kept as ${printableLine(thread)}. To go on: agentic-rag chat --thread ${quoted(thread)}`;
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
    if (line === "/exit" || line === "/quit") return exitCode;
    if (line === "/help") screen.write(HELP);
    else if (line === "/sources") conversation.showSources();
    else if (line === "/new") {
      conversation.restart();
      screen.write("A new conversation begins.\n");
    } else if (/^\/\w*$/.test(line)) {
      const near = nearestName(line, COMMANDS);
      const instead = near === undefined ? "" : ` Did you mean ${near}?`;
      screen.write(`There is no command ${line}.${instead} Type /help.\n`);
    } else exitCode = Math.max(exitCode, await conversation.ask(line));
  }
}
