import { proxyFetchOf } from "../../assemble/assemble.ts";
import { choiceFor, chooseFamily, missingFor, warningFor } from "../../model/probe/choice.ts";
import { probeEndpoint } from "../../model/probe/probe.ts";
import { keepChoice } from "../../model/probe/probed.ts";
import { protocols } from "../../protocol/index.ts";
import type { ServedModelSettings } from "../../settings/settings.ts";
import { VERSION } from "../../version.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseSettings, environmentWith } from "../arguments/chosen-settings.ts";
import { withOnlyModel } from "../only-model.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { interruptible } from "../terminal/interruption.ts";
import { createPaint } from "../terminal/paint.ts";
import { printableJson } from "../terminal/printable.ts";
import { showProbe } from "../view/probe-view.ts";
import { openGroups } from "../terminal/grouped-output.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/** Finds out what a model's server does with a turn that is to go on, and gives the code to end with. */
export async function probe(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, environment } = surroundings;
  return interruptible(surroundings, async (signal) => {
    const { server, probeCache: cacheFile, tools, fetch } = await chooseServer(args, surroundings, signal);
    const {
      baseUrl,
      name: modelName,
      apiKey,
      dialect,
      template,
      waitSeconds,
      stream,
      reasoning,
      body,
    } = server;
    const timeoutMs = waitSeconds === undefined ? undefined : waitSeconds * 1000;
    const asked = {
      apiKey,
      dialect,
      templateSet: template !== "auto",
      stream,
      reasoning,
      extraBody: body,
      timeoutMs,
    };
    const options = { baseUrl, modelName, ...asked };
    const report = await probeEndpoint({ ...options, fetch, signal });
    const chosen = chooseFamily(report);
    const choice = chosen.family === null ? chosen : choiceFor(chosen, tools);
    const missing = choice.family === null ? [] : missingFor(report, choice);
    const warning = choice.family === null ? undefined : warningFor(report, choice);
    if (chosen.family !== null) {
      await keepChoice({ ...options, cacheFile, version: VERSION }, report, chosen);
    }
    if (args.switches.has("json")) {
      stdout.write(`${printableJson({ report, choice, missing, warning })}\n`);
    } else {
      const paints = { environment, noColor: args.switches.has("no-color") };
      showProbe(openGroups(stdout, paints), createPaint(stdout, paints), {
        report,
        choice,
        missing,
        warning,
      });
    }
    return choice.family === null ? EXIT_CODES.failed : EXIT_CODES.answered;
  });
}

/** The server of the settings; where it has only one model, that one need not be named. */
async function chooseServer(
  args: Arguments,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<{
  readonly server: ServedModelSettings;
  readonly probeCache: string | undefined;
  /** The protocol can be spoken over native tools. */
  readonly tools: boolean;
  readonly fetch: typeof globalThis.fetch | undefined;
}> {
  const environment = environmentWith(args, surroundings);
  const baseUrl = environment["AGENTIC_RAG_MODEL_URL"]?.trim() ?? "";
  if (baseUrl === "") {
    throw new UsageError(
      "There is no server to probe. Name one: agentic-rag probe --model-url http://127.0.0.1:8000/v1",
    );
  }
  // what is probed is the server, whichever family is set
  const asServer = {
    ...surroundings,
    environment: {
      ...surroundings.environment,
      AGENTIC_RAG_MODEL_FAMILY: "",
      AGENTIC_RAG_GGUF: "",
      AGENTIC_RAG_GGUF_LORA: "",
    },
  };
  const settings = chooseSettings(await withOnlyModel(args, asServer, signal), asServer);
  const { model, probeCache, protocol } = settings;
  const tools = protocols[protocol].nativeSide !== undefined;
  if (model.family === "offline" || model.family === "gguf") throw new TypeError("an address makes a server");
  return { server: model, probeCache, tools, fetch: proxyFetchOf(settings) };
}
