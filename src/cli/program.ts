import { readArguments, type Arguments } from "./arguments/arguments.ts";
import { EXIT_CODES } from "./terminal/exit-code.ts";
import { report } from "./terminal/failure.ts";
import { helpText } from "./arguments/help.ts";
import { LineWrapper } from "./terminal/line-wrapper.ts";
import { createPaint } from "./terminal/paint.ts";
import type { Surroundings } from "./terminal/surroundings.ts";
import { VERSION } from "../version.ts";

/**
 * Runs the command that the arguments name and gives the code to end with. Never throws. `prepare` makes the
 * surroundings of a command; help needs none.
 */
export async function runProgram(
  args: readonly string[],
  given: Surroundings,
  prepare: (read: Arguments, surroundings: Surroundings) => Promise<Surroundings> = (_, same) =>
    Promise.resolve(same),
): Promise<number> {
  // also for what is told before the command line is understood
  const bare = args.includes("--no-color")
    ? { ...given, environment: { ...given.environment, NO_COLOR: "1" } }
    : given;
  let surroundings = bare;
  try {
    let read = readArguments(args);
    if (read.meant !== undefined) {
      const { isMeant } = await import("./arguments/settle-command.ts");
      read = readArguments((await isMeant(read.meant, read, bare)) ? read.meant.args : ["ask", ...args]);
    }
    if (
      !["version", "help"].includes(read.command) &&
      !(read.command === "none" && bare.stdin.isTTY === true)
    ) {
      surroundings = await prepare(read, bare);
    }
    const waits = WAITS[read.command];
    if (waits !== undefined) surroundings.status?.show(waits);
    return await runCommand(read, surroundings);
  } catch (error) {
    surroundings.status?.hide();
    return report(error, surroundings, { json: args.includes("--json") });
  } finally {
    surroundings.status?.hide();
  }
}

const plain = (text: string): string => text;

/** Help in two columns, the right one wrapped; where it has no room, it goes below the left one. */
function showHelp(text: string, { stdout, environment }: Pick<Surroundings, "stdout" | "environment">): void {
  const { isColorSupported } = createPaint(stdout, { environment, noColor: false });
  if (!isColorSupported || stdout.columns === undefined) return void stdout.write(text);
  const wrapper = new LineWrapper(stdout);
  // paragraphs, which are broken for a page that nobody wraps, are put together
  for (const line of text
    .trimEnd()
    .replaceAll(/(?<=^\S.*[^:])\n(?=\S)/gm, " ")
    .split("\n")) {
    const [start = ""] = /^ {2}.*?\S {2,}(?=\S)|^ */.exec(line) ?? [];
    const isNarrow = start.length > stdout.columns / 2;
    const hang = isNarrow ? 6 : start.length;
    if (isNarrow) {
      wrapper.begin([{ text: start.trimEnd(), style: plain }], { text: "", style: plain });
      wrapper.newline();
    }
    const indent = { text: " ".repeat(hang), style: plain };
    wrapper.begin([isNarrow ? indent : { text: start, style: plain }], indent);
    wrapper.text(line.slice(start.length));
    wrapper.newline();
  }
}

/** What a command waits for before it has said anything. */
const WAITS: Partial<Record<Arguments["command"], string>> = {
  ask: "Starting",
  chat: "Starting",
  resume: "Starting",
  search: "Searching",
  models: "Asking for models",
  probe: "Asking the model's server",
  doctor: "Checking",
};

/** Each command is loaded when it is run, so that help and mistakes are told at once. */
async function runCommand(read: Arguments, surroundings: Surroundings): Promise<number> {
  switch (read.command) {
    case "version":
      surroundings.stdout.write(`${VERSION}\n`);
      return EXIT_CODES.answered;
    case "help":
      showHelp(helpText(read.helpFor), surroundings);
      return EXIT_CODES.answered;
    case "none":
      if (surroundings.stdin.isTTY !== true) break;
      showHelp(helpText(), surroundings);
      return EXIT_CODES.answered;
    case "ask":
      break;
    case "chat":
      return (await import("./commands/chat.ts")).chat(read, surroundings);
    case "resume":
      return (await import("./commands/resume.ts")).resume(read, surroundings);
    case "threads":
      return (await import("./commands/threads.ts")).threads(read, surroundings);
    case "search":
      return (await import("./commands/search.ts")).search(read, surroundings);
    case "index":
      return (await import("./commands/index-folder.ts")).indexFolder(read, surroundings);
    case "mcp":
      return (await import("./commands/mcp.ts")).mcp(read, surroundings);
    case "ui":
      return (await import("./commands/ui.ts")).ui(read, surroundings);
    case "models":
      return (await import("./commands/models.ts")).models(read, surroundings);
    case "rollout":
      return (await import("./commands/rollout.ts")).rollout(read, surroundings);
    case "eval":
      return (await import("./commands/eval.ts")).evaluate(read, surroundings);
    case "export":
      return (await import("./commands/export.ts")).exportRuns(read, surroundings);
    case "view":
      return (await import("./commands/view.ts")).view(read, surroundings);
    case "doctor":
      return (await import("./doctor/doctor.ts")).doctor(read, surroundings);
    case "probe":
      return (await import("./commands/probe.ts")).probe(read, surroundings);
    case "pull":
      return (await import("./commands/pull.ts")).pull(read, surroundings);
    case "setup":
      return (await import("./setup/setup.ts")).setup(read, surroundings);
  }
  return (await import("./commands/ask.ts")).ask(read, surroundings);
}
