import { assemble, proxyFetchOf, type AssembledParts } from "../../assemble/assemble.ts";
import { AgenticRagError } from "../../errors.ts";
import { counted } from "../../view/amounts.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseSettings, environmentWith } from "../arguments/chosen-settings.ts";
import { discoverModel } from "../discovery.ts";
import { withOnlyModel } from "../only-model.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { interruptible } from "../terminal/interruption.ts";
import { withoutKeys } from "../terminal/keys.ts";
import { createPaint, type Paint } from "../terminal/paint.ts";
import { LineWrapper } from "../terminal/line-wrapper.ts";
import { printableJson, printableLine } from "../terminal/printable.ts";
import type { Surroundings, TextOutput } from "../terminal/surroundings.ts";
import type { Check } from "./check.ts";
import { checkDocuments } from "./documents-check.ts";
import { checkEmbedding } from "./embedding-check.ts";
import { checkEngines, withLocalSearch } from "./engine-checks.ts";
import { checkModel } from "./model-checks.ts";
import { checkReranker } from "./reranker-check.ts";
import { checkSearchFiles } from "./search-files-check.ts";
import { checkNode, checkSettingFiles, checkSettings, checkUnknownNames } from "./settings-checks.ts";

/** Checks all that a run needs, tells what to do, and gives the code to end with. */
export async function doctor(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, environment } = surroundings;
  const json = args.switches.has("json");
  const paint = createPaint(stdout, { environment, noColor: args.switches.has("no-color") });
  const checks: Check[] = [];
  await interruptible(surroundings, async (signal) => {
    for await (const { message, ...rest } of runChecks(args, surroundings, signal)) {
      const check = { ...rest, message: withoutKeys(message, environment) };
      checks.push(check);
      if (!json) showCheck(stdout, check, paint);
    }
  });
  const ok = checks.every(({ status }) => status !== "failed");
  if (json) stdout.write(`${printableJson({ ok, checks })}\n`);
  else stdout.write(`\n${summary(checks)}\n`);
  return ok ? EXIT_CODES.answered : EXIT_CODES.failed;
}

async function* runChecks(
  given: Arguments,
  surroundings: Surroundings,
  signal: AbortSignal,
): AsyncGenerator<Check> {
  const args = await withOnlyModel(given, surroundings, signal).catch((error: unknown) => {
    // what is missing is told by the settings
    if (signal.aborted || !AgenticRagError.isInstance(error)) throw error;
    return given;
  });
  const environment = environmentWith(args, surroundings);
  yield checkNode(surroundings.nodeVersion);
  yield* checkSettingFiles(surroundings.settingFiles);
  const { settings: chosen, checks } = checkSettings(() => chooseSettings(args, surroundings), environment);
  yield* checks;
  yield* checkUnknownNames(environment);
  if (chosen === undefined) return;
  const { settings, note } = await discoverModel(chosen, args, surroundings, signal);
  if (note !== "") yield { name: "model", status: "warning", message: note.trim() };
  const engine = tried(() => assemble(settings));
  // a wrong engine does not hide what the model's server says
  const model = "status" in engine ? tried(() => assemble(withLocalSearch(settings))) : engine;
  if ("status" in model) yield model;
  else yield* checkModel(settings, model, signal);
  const documents = await checkDocuments(settings, new Date());
  yield* documents;
  const told = "status" in model ? [model.message] : [];
  for await (const check of checkSearchFiles(settings.search)) {
    told.push(check.message);
    yield check;
  }
  if (!("status" in engine)) engine.close();
  else if (!told.includes(engine.message)) yield engine;
  const asking = { fetch: proxyFetchOf(settings), signal };
  yield* checkEngines(
    settings,
    documents.every(({ status }) => status !== "failed"),
    asking,
  );
  yield* checkEmbedding(
    settings,
    documents.every(({ status }) => status !== "failed"),
    asking,
  );
  yield* checkReranker(settings, asking);
}

/** The parts of an agent, or what is missing for them. */
function tried(make: () => AssembledParts): AssembledParts | Check {
  try {
    return make();
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    return { name: "settings", status: "failed", message: error.message };
  }
}

const WIDTH = "warning".length;

function showCheck(stdout: TextOutput, { name, status, message }: Check, paint: Paint): void {
  const colour = { ok: paint.green, warning: paint.yellow, failed: paint.red }[status];
  const text = printableLine(`${name}: ${message}`);
  if (!paint.isColorSupported) return void stdout.write(`${status.padEnd(WIDTH)}  ${text}\n`);
  const wrapper = new LineWrapper(stdout);
  wrapper.begin([{ text: `${status.padEnd(WIDTH)}  `, style: colour }], {
    text: " ".repeat(WIDTH + 2),
    style: paint.dim,
  });
  wrapper.text(text);
  wrapper.newline();
}

function summary(checks: readonly Check[]): string {
  const count = (wanted: Check["status"]): number => checks.filter(({ status }) => status === wanted).length;
  const failed = count("failed");
  const warnings = counted(count("warning"), "warning");
  if (failed > 0) return `${counted(failed, "check")} failed, ${warnings}.`;
  return `Nothing failed, ${warnings}.`;
}
