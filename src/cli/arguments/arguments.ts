import { UsageError } from "../terminal/failure.ts";
import { meantCommand, type MeantCommand } from "./meant-command.ts";
import { isCommand, OPTIONS, type Command } from "./options.ts";
import { readTokens } from "./tokens.ts";

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
  /** The command may be mistyped; nothing is checked for it. */
  readonly meant?: MeantCommand;
}

/**
 * Reads the command line. A first word that is no command begins a question.
 *
 * @throws UsageError
 */
export function readArguments(args: readonly string[]): Arguments {
  const { words: positionals, firstWordAt, switches, values: given } = readTokens(args);
  const values = new Map(
    [...given].map(([name, texts]) => [name, TOGETHER.get(name)?.(texts) ?? texts.at(-1) ?? ""] as const),
  );
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
  const meant = named ? undefined : meantCommand(args, positionals, firstWordAt);
  // which command its options are for is not known before that is asked
  if (command !== "none" && meant === undefined)
    requireKnown(command, words, [...switches, ...values.keys()]);
  return { command, words, switches, values, ...(meant !== undefined && { meant }) };
}

/** How the values of an option are put together that may be given several times. */
const TOGETHER = new Map(
  OPTIONS.flatMap((option) =>
    option.value === undefined || option.together === undefined ? [] : [[option.name, option.together]],
  ),
);

const TAKE_WORDS: ReadonlySet<Command> = new Set([
  "ask",
  "resume",
  "threads",
  "search",
  "index",
  "pull",
  "rollout",
  "eval",
  "export",
  "view",
]);

function requireKnown(command: Command, words: readonly string[], names: readonly string[]): void {
  const other = OPTIONS.find(({ name, commands }) => names.includes(name) && !commands.includes(command));
  if (other !== undefined) {
    throw new UsageError(`${command} has no option --${other.name}. See agentic-rag ${command} --help.`);
  }
  if (
    words.length > 0 &&
    (command === "ask" ? words.join("") : words.find((word) => word.trim() === ""))?.trim() === ""
  ) {
    throw new UsageError(`${command} was given an empty argument, such as a variable that is not set.`);
  }
  if (command === "index" && words.length === 0) {
    throw new UsageError("index needs the folder to index: agentic-rag index <folder>");
  }
  if (command === "resume" && words.length !== (names.includes("all") ? 0 : 1)) {
    throw new UsageError(
      `resume takes one thread, or --all: agentic-rag resume <thread>${orAsk(command, words)}`,
    );
  }
  if (names.includes("all") && names.includes("output")) {
    throw new UsageError("--output takes one answer, and --all finishes several. Leave out one of them.");
  }
  if (command === "resume" && names.includes("all") && names.includes("report")) {
    throw new UsageError("--report takes one run, and --all finishes several. Leave out one of them.");
  }
  if (command === "threads" && names.includes("report") && words.length === 0) {
    throw new UsageError("--report takes one thread: agentic-rag threads show <thread> --report <file>");
  }
  if (
    command === "threads" &&
    words.length > 0 &&
    (words[0] !== "show" || words.length !== 2 || names.includes("delete"))
  ) {
    throw new UsageError(
      `threads takes no words but show and one thread: agentic-rag threads show <thread>${orAsk(command, words)}`,
    );
  }
  if (command === "pull" && words.length > 1) {
    throw new UsageError(`pull takes one model: agentic-rag pull <name>${orAsk(command, words)}`);
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

/** The whole number above 0 that an option gives. @throws UsageError */
export function countOf({ values }: Pick<Arguments, "values">, name: string, byDefault: number): number {
  const given = values.get(name);
  if (given === undefined) return byDefault;
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given);
  throw new UsageError(`--${name} must be a whole number above 0: ${given}`);
}
