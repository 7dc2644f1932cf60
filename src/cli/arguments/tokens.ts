import { parseArgs } from "node:util";
import { UsageError } from "../terminal/failure.ts";
import { nearestName } from "../terminal/nearest-name.ts";
import { OPTIONS } from "./options.ts";

/** The command line, taken apart. */
export interface Tokens {
  readonly words: readonly string[];
  /** Where in the arguments the first word stands. */
  readonly firstWordAt: number | undefined;
  readonly switches: ReadonlySet<string>;
  /** Each value of an option, in the order given and trimmed. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const SEE = "See agentic-rag --help.";

/** `-V` is `-v`: both are the version somewhere. */
const ALSO: Readonly<Record<string, string>> = { "-V": "-v" };

/**
 * Which options there are, and which take a value, is checked here: the parser's own sentences name neither.
 *
 * @throws UsageError
 */
export function readTokens(args: readonly string[]): Tokens {
  const end = args.indexOf("--");
  const { tokens } = parseArgs({
    args: args.map((arg, at) => (end >= 0 && at > end ? arg : (ALSO[arg] ?? arg))),
    options: Object.fromEntries(
      OPTIONS.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? "boolean" : "string", ...(short !== undefined && { short }) } as const,
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const words: string[] = [];
  let firstWordAt: number | undefined;
  const switches = new Set<string>();
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") {
      firstWordAt ??= token.index;
      words.push(token.value);
    }
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = OPTIONS.find((known) => known.name === name);
    if (option === undefined) throw unknownOption(rawName, args);
    if (option.value === undefined) {
      if (inlineValue === true) throw new UsageError(`--${name} takes no value. ${SEE}`);
      switches.add(name);
      continue;
    }
    const given = value?.trim() ?? "";
    if (given === "") throw new UsageError(`--${name} needs a value: --${name} ${option.value}. ${SEE}`);
    if (inlineValue !== true && given.length > 1 && given.startsWith("-")) {
      throw new UsageError(
        `--${name} needs a value, and ${given} stands behind it. A value that begins with a dash is written --${name}=${given}. ${SEE}`,
      );
    }
    values.set(name, [...(values.get(name) ?? []), given]);
  }
  return { words, firstWordAt, switches, values };
}

function unknownOption(rawName: string, args: readonly string[]): UsageError {
  const names = OPTIONS.map(({ name }) => `--${name}`);
  const near = rawName.startsWith("--") ? nearestName(rawName, names) : undefined;
  const instead = near === undefined ? "" : ` Did you mean ${near}?`;
  const inQuestion = args.includes("--") ? "" : " A question that begins with a dash goes behind --.";
  return new UsageError(`There is no option ${rawName}.${instead}${inQuestion} ${SEE}`);
}
