import { createLineReader } from "../terminal/line-reader.ts";
import { UsageError } from "../terminal/failure.ts";
import { Interruption } from "../terminal/interruption.ts";
import { writeWrapped } from "../terminal/line-wrapper.ts";
import { createPaint } from "../terminal/paint.ts";
import { printableLine } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { quoted } from "../../text/quoted.ts";
import type { Arguments } from "./arguments.ts";
import type { MeantCommand } from "./meant-command.ts";

/**
 * Asks, before anything is paid for, whether a question is a mistyped command. True: the command is meant.
 *
 * @throws UsageError where nobody can be asked
 */
export async function isMeant(
  { typed, args }: MeantCommand,
  { words }: Pick<Arguments, "words">,
  surroundings: Surroundings,
): Promise<boolean> {
  const { stdin, stderr, environment } = surroundings;
  const command = `agentic-rag ${args.map((arg) => quoted(printableLine(arg))).join(" ")}`;
  if (stdin.isTTY !== true || stderr.isTTY !== true) {
    throw new UsageError(
      `There is no command ${typed}. Did you mean: ${command}\nAs a question: agentic-rag ask ${quoted(printableLine(words.join(" ")))}`,
    );
  }
  const said = `There is no command ${typed}. Did you mean: ${command}`;
  if (createPaint(stderr, { environment, noColor: false }).isColorSupported) writeWrapped(stderr, said);
  else stderr.write(`${said}\n`);
  const reader = createLineReader(
    { ...surroundings, stdout: stderr },
    { prompt: "[Y]es, or [n]o, ask it as a question: ", history: false, onInterrupt: () => undefined },
  );
  try {
    const answer = await reader.next({ fresh: true });
    if (answer === null) throw new Interruption("SIGINT");
    return !/^n/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
