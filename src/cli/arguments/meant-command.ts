import { ALL_FUNCTION_WORDS } from "../../text/function-words.ts";
import { nearestName } from "../terminal/nearest-name.ts";
import { COMMANDS, type Command } from "./options.ts";

/** A command that was probably meant by a word that is none. */
export interface MeantCommand {
  readonly typed: string;
  readonly command: Command | "help";
  /** The arguments with that command in its place. */
  readonly args: readonly string[];
}

/** What stands behind such a command may be anything; behind the others a word is a mistake anyway. */
const WITH_WORDS: readonly Command[] = ["resume", "search", "index"];

/**
 * A word that stands alone is near a command, or the first of several is one slip away from a command that takes words.
 * Words that begin questions (`what`, near `chat`) are none, nor is what begins like a sentence. `ask` is left out: a
 * question it is either way.
 */
export function meantCommand(
  args: readonly string[],
  words: readonly string[],
  firstWordAt: number | undefined,
): MeantCommand | undefined {
  const [typed = "", ...others] = words;
  if (firstWordAt === undefined || args.slice(0, firstWordAt).includes("--")) return undefined;
  if (!/^[a-z-]+$/.test(typed) || ALL_FUNCTION_WORDS.has(typed)) return undefined;
  const isAlone = others.length === 0;
  const names: readonly MeantCommand["command"][] = (
    isAlone
      ? [...COMMANDS, "help" as const]
      : others[0] === "show"
        ? [...WITH_WORDS, "threads" as const]
        : WITH_WORDS
  ).filter((name) => name !== "ask");
  const command = nearestName(typed, names, (name) => (isAlone && name.length > 4 ? 2 : 1));
  if (command === undefined) return undefined;
  return { typed, command, args: args.map((arg, at) => (at === firstWordAt ? command : arg)) };
}
