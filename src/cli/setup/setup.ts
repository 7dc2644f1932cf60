import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { AgenticRagError } from "../../errors.ts";
import { SETTINGS } from "../../settings/settings.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { environmentWith } from "../arguments/chosen-settings.ts";
import { hasOtherDestinations, userFileOf } from "../setting-files.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { interruptible } from "../terminal/interruption.ts";
import { createLineReader } from "../terminal/line-reader.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { isTrusted, trust } from "../trusted-files.ts";
import { changeEnv, lineFor, namesThatWin, readEnvFile, writeEnvFile, type EnvChanges } from "./env-file.ts";
import { pullToCache } from "../pulled-model.ts";
import { chooseEngine } from "./engine-step.ts";
import { chooseModel, type StepContext } from "./model-step.ts";
import { createQuestions, NoMoreAnswers, type Questions } from "./questions.ts";

const SECRETS = new Set(SETTINGS.filter(({ secret }) => secret === true).map(({ name }) => name));
const NOTHING_WRITTEN = "Nothing was written.";

/**
 * Asks for a model and an engine, tries them, writes them to `.env` or with `--user` to the user's own file, and gives
 * the code to end with.
 */
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
        const file = fileFor(args, surroundings);
        return await talk(
          {
            questions,
            environment,
            folder,
            localServers,
            signal: ended,
            pull: async (model) => (await pullToCache(model, surroundings, { signal: ended })).file,
          },
          surroundings,
          file,
        );
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

/** @throws AgenticRagError `settings-invalid` where there is no place for the user's own file */
function fileFor(args: Arguments, { folder, environment }: Surroundings): string {
  if (!args.switches.has("user")) return join(folder, ".env");
  const file = userFileOf(environment);
  if (file !== undefined) return file;
  throw new AgenticRagError(
    "settings-invalid",
    "Neither HOME nor XDG_CONFIG_HOME names a folder for settings of a user. Set one, or leave out --user.",
  );
}

async function talk(context: StepContext, surroundings: Surroundings, file: string): Promise<number> {
  const { questions } = context;
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
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { environment } = surroundings;
  const wasTrusted = before !== "" && isTrusted(file, Buffer.from(before), environment);
  await writeEnvFile(file, text);
  // what was just shown and confirmed is not asked again
  const shown = Object.keys(changes).filter((name) => changes[name] !== null);
  if (wasTrusted || !hasOtherDestinations(text, shown)) trust(file, Buffer.from(text), environment);
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
  const winning = namesThatWin(environment, parseEnv(before), changes);
  if (winning.length > 0) {
    questions.say(`Set in the environment, which wins over the file: ${winning.join(", ")}. Unset it there.`);
  }
}
