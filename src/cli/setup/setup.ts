import { join } from "node:path";
import { parseEnv } from "node:util";
import { SETTINGS } from "../../settings/settings.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { environmentWith } from "../arguments/chosen-settings.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { interruptible } from "../terminal/interruption.ts";
import { createLineReader } from "../terminal/line-reader.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { changeEnv, lineFor, readEnvFile, writeEnvFile, type EnvChanges } from "./env-file.ts";
import { chooseEngine } from "./engine-step.ts";
import { chooseModel, type StepContext } from "./model-step.ts";
import { createQuestions, NoMoreAnswers, type Questions } from "./questions.ts";

const SECRETS = new Set(SETTINGS.filter(({ secret }) => secret === true).map(({ name }) => name));
const NOTHING_WRITTEN = "Nothing was written.";

/** Asks for a model and an engine, tries them, writes them to `.env`, and gives the code to end with. */
export async function setup(args: Arguments, surroundings: Surroundings): Promise<number> {
  return interruptible(
    surroundings,
    async (signal) => {
      const controller = new AbortController();
      const ended = AbortSignal.any([signal, controller.signal]);
      const reader = createLineReader(surroundings, {
        prompt: "> ",
        history: false,
        onInterrupt: () => controller.abort(),
      });
      signal.addEventListener("abort", () => reader.close(), { once: true });
      const questions = createQuestions(reader, surroundings.stdout, {
        unattended: args.switches.has("yes"),
      });
      try {
        const { folder, localServers } = surroundings;
        const environment = environmentWith(args, surroundings);
        return await talk({ questions, environment, folder, localServers, signal: ended }, surroundings);
      } catch (error) {
        if (!(error instanceof NoMoreAnswers) && !controller.signal.aborted) throw error;
        questions.say(
          reader.interactive
            ? NOTHING_WRITTEN
            : `The answers ended before everything was asked. ${NOTHING_WRITTEN}`,
        );
        return EXIT_CODES.failed;
      } finally {
        reader.close();
      }
    },
    `Stopped. ${NOTHING_WRITTEN}`,
  );
}

async function talk(context: StepContext, surroundings: Surroundings): Promise<number> {
  const { questions, folder } = context;
  const file = join(folder, ".env");
  const before = await readEnvFile(file);
  const changes: EnvChanges = { ...(await chooseModel(context)), ...(await chooseEngine(context)) };
  const text = changeEnv(before, changes);

  questions.say(`\n${file}:`);
  for (const [name, value] of Object.entries(changes)) {
    if (value !== null) questions.say(`  ${SECRETS.has(name) ? `${name}=[hidden]` : lineFor(name, value)}`);
    else if (Object.hasOwn(parseEnv(before), name)) questions.say(`  (${name} is taken out)`);
  }
  if (!(await questions.confirm("Write this?", true))) {
    questions.say(NOTHING_WRITTEN);
    return EXIT_CODES.answered;
  }
  await writeEnvFile(file, text);
  questions.say(`Written. Ask: agentic-rag "…"`);
  warnOfVariables(questions, surroundings.environment, before, changes);
  return EXIT_CODES.answered;
}

/** A real variable wins over the file. */
function warnOfVariables(
  questions: Questions,
  environment: Surroundings["environment"],
  before: string,
  changes: EnvChanges,
): void {
  const held = parseEnv(before);
  const winning = Object.entries(changes)
    .filter(([name, value]) => {
      const set = environment[name]?.trim() ?? "";
      return set !== "" && environment[name] !== held[name] && set !== value;
    })
    .map(([name]) => name);
  if (winning.length > 0) {
    questions.say(`Set in the environment, which wins over the file: ${winning.join(", ")}. Unset it there.`);
  }
}
