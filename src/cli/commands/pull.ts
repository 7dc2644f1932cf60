import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { parseEnv } from "node:util";
import { AgenticRagError } from "../../errors.ts";
import { OFFERED_MODELS } from "../../model/gguf/pull/catalogue.ts";
import type { PulledModel } from "../../model/gguf/pull/pull.ts";
import { shown } from "../../model/gguf/pull/source.ts";
import { size } from "../../text/size.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { pullToCache, settingsForFile } from "../pulled-model.ts";
import { userFileOf } from "../setting-files.ts";
import { changeEnv, namesThatWin, readEnvFile, writeEnvFile } from "../setup/env-file.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { interruptible } from "../terminal/interruption.ts";
import { printableJson, printableLine } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

const STOPPED = "Stopped. What came is kept; the same command goes on from there.";

/** Lists the models that are offered, or downloads one, which is asked from then on, and gives the code to end with. */
export async function pull(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, environment } = surroundings;
  const isJson = args.switches.has("json");
  const [model] = args.words;
  if (model === undefined) {
    stdout.write(isJson ? `${printableJson(OFFERED_MODELS)}\n` : list());
    return EXIT_CODES.answered;
  }
  const sha256 = args.values.get("sha256");
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new UsageError("--sha256 takes 64 hexadecimal digits, as sha256sum prints them.");
  }
  const settingFile = userFileOf(environment);
  if (settingFile === undefined) {
    throw new AgenticRagError(
      "settings-invalid",
      "Neither HOME nor XDG_CONFIG_HOME names a folder for settings of a user. Set one.",
    );
  }
  const pulled = await interruptible(
    surroundings,
    async (signal) => {
      stderr.write(`Downloading ${printableLine(shown(model))} …\n`);
      return pullToCache(model, surroundings, { signal, sha256 });
    },
    STOPPED,
  );
  const changes = settingsForFile(pulled.file);
  const before = await readEnvFile(settingFile);
  await mkdir(dirname(settingFile), { recursive: true, mode: 0o700 });
  await writeEnvFile(settingFile, changeEnv(before, changes));
  const winning = namesThatWin(environment, parseEnv(before), changes);
  if (isJson) {
    const { file, bytes, checkedBy } = pulled;
    stdout.write(
      `${printableJson({ file, bytes, sha256: pulled.sha256, checkedBy: checkedBy ?? null, settingFile, winning })}\n`,
    );
    return EXIT_CODES.answered;
  }
  stdout.write(`${printableLine(pulled.file)}, ${size(pulled.bytes)}\n${checkLine(pulled)}\n`);
  stdout.write(
    winning.length === 0
      ? `It is asked from now on: ${printableLine(settingFile)} names it. Ask: agentic-rag "…"\n`
      : `${printableLine(settingFile)} names it, but what is set in the environment or in .env here wins: ${winning.join(", ")}. Take that out to ask it.\n`,
  );
  return EXIT_CODES.answered;
}

function checkLine({ sha256, checkedBy }: PulledModel): string {
  if (checkedBy === "--sha256") return `SHA-256 ${sha256}, as --sha256 says.`;
  if (checkedBy !== undefined) return `SHA-256 ${sha256}, as the server's header ${checkedBy} says.`;
  return `SHA-256 ${sha256}. Whether that is right is unknown: the server told none. Compare it with what its publisher says.`;
}

function list(): string {
  const models = OFFERED_MODELS.map(
    ({ name, bytes, memory, licence, about, address, knownFrom }) =>
      `  ${name.padEnd(12)}${size(bytes)} to download, about ${size(memory)} of memory, ${licence}\n` +
      `${" ".repeat(14)}${about}\n${" ".repeat(14)}${address}\n${" ".repeat(14)}known from ${knownFrom}\n`,
  );
  return `Small open models that search well for their size:\n${models.join("")}Download one, and ask it from then on: agentic-rag pull <name>\nAny other GGUF file: agentic-rag pull hf:<user>/<repository>/<file>.gguf, or its address\n`;
}
