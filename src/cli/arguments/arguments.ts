import { parseArgs } from "node:util";
import { UsageError } from "../terminal/failure.ts";
import { nearestName } from "../terminal/nearest-name.ts";
import { COMMANDS, OPTIONS, type Command } from "./options.ts";

/** What the command line says. */
export interface Arguments {
  /** `none`: nothing was said at all. */
  readonly command: Command | "help" | "version" | "none";
  /** The command that help is wanted for. */
  readonly helpFor?: Command;
  /** What stands behind the command. */
  readonly words: readonly string[];
  /** Options without a value that were given. */
  readonly switches: ReadonlySet<string>;
  /** Options with a value. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Reads the command line. A first word that is no command begins a question.
 *
 * @throws UsageError
 */
export function readArguments(args: readonly string[]): Arguments {
  const { positionals, values: given } = parse(args);
  const switches = new Set<string>();
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    if (value === true) {
      switches.add(name);
      continue;
    }
    const texts = [value].flat().flatMap((text) => (typeof text === "string" ? [text.trim()] : []));
    if (texts.length === 0 || texts.includes("")) {
      throw new UsageError(`--${name} needs a value. See agentic-rag --help.`);
    }
    values.set(name, TOGETHER.get(name)?.(texts) ?? texts.join(""));
  }
  const [first, second] = positionals;
  if (first === "help" && (positionals.length === 1 || (positionals.length === 2 && isCommand(second)))) {
    return { command: "help", ...(isCommand(second) && { helpFor: second }), words: [], switches, values };
  }
  const named = isCommand(first);
  if (switches.has("version")) return { command: "version", words: [], switches, values };
  if (switches.has("help")) {
    return { command: "help", ...(named && { helpFor: first }), words: [], switches, values };
  }
  const words = named ? positionals.slice(1) : positionals;
  const command = named ? first : args.length === 0 ? "none" : "ask";
  if (command !== "none") requireKnown(command, words, [...switches, ...values.keys()]);
  return { command, words, switches, values };
}

/** How the values of an option are put together that may be given several times. */
const TOGETHER = new Map(
  OPTIONS.flatMap((option) =>
    option.value === undefined || option.together === undefined ? [] : [[option.name, option.together]],
  ),
);

function isCommand(word: string | undefined): word is Command {
  return COMMANDS.some((command) => command === word);
}

function parse(args: readonly string[]) {
  const options = Object.fromEntries(
    OPTIONS.map(({ name, short, value }) => [
      name,
      {
        type: value === undefined ? "boolean" : "string",
        multiple: TOGETHER.has(name),
        ...(short !== undefined && { short }),
      } as const,
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(explainParsing(error, args));
  }
}

function explainParsing(error: unknown, args: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '(-[^']*)'/.exec(message)?.[1];
  if (unknown === undefined) return `${message}\nSee agentic-rag --help.`;
  const names = OPTIONS.map(({ name }) => `--${name}`);
  const near = unknown.startsWith("--") ? nearestName(unknown, names) : undefined;
  const instead = near === undefined ? "" : ` Did you mean ${near}?`;
  const inQuestion = args.includes("--") ? "" : " A question that begins with a dash goes behind --.";
  return `There is no option ${unknown}.${instead}${inQuestion} See agentic-rag --help.`;
}

const TAKE_WORDS: ReadonlySet<Command> = new Set(["ask", "resume", "search", "index"]);

function requireKnown(command: Command, words: readonly string[], names: readonly string[]): void {
  const other = OPTIONS.find(({ name, commands }) => names.includes(name) && !commands.includes(command));
  if (other !== undefined) {
    throw new UsageError(`${command} has no option --${other.name}. See agentic-rag ${command} --help.`);
  }
  if (command === "index" && words.length === 0) {
    throw new UsageError("index needs the folder to index: agentic-rag index <folder>");
  }
  if (command === "resume" && words.length !== (names.includes("all") ? 0 : 1)) {
    throw new UsageError(
      `resume takes one thread, or --all: agentic-rag resume <thread>${orAsk(command, words)}`,
    );
  }
  if (command === "search" && words.join("").trim() === "") {
    throw new UsageError('search needs what to search for: agentic-rag search "…"');
  }
  if (!TAKE_WORDS.has(command) && words.length > 0) {
    throw new UsageError(`${command} takes no words: agentic-rag ${command}${orAsk(command, words)}`);
  }
}

function orAsk(command: Command, words: readonly string[]): string {
  if (words.length === 0) return "";
  return `\nA question that begins with "${command}" is asked by: agentic-rag ask "${[command, ...words].join(" ")}"`;
}
