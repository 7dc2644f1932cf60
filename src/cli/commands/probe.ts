import { proxyFetchOf } from "../../assemble/assemble.ts";
import { AgenticRagError } from "../../errors.ts";
import { listModels } from "../../model/completions/describe.ts";
import { chooseFamily, missingFor, warningFor } from "../../model/probe/choice.ts";
import { probeEndpoint } from "../../model/probe/probe.ts";
import { keepChoice } from "../../model/probe/probed.ts";
import { createProxyFetch } from "../../net/proxy.ts";
import { readSettings, type ServedModelSettings } from "../../settings/settings.ts";
import { VERSION } from "../../version.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseSettings, environmentWith } from "../arguments/chosen-settings.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { interruptible } from "../terminal/interruption.ts";
import { createPaint } from "../terminal/paint.ts";
import { printableJson } from "../terminal/printable.ts";
import { showProbe } from "../view/probe-view.ts";
import { createGroupedOutput } from "../terminal/grouped-output.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/** Finds out what a model's server does with a turn that is to go on, and gives the code to end with. */
export async function probe(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, environment } = surroundings;
  return interruptible(surroundings, async (signal) => {
    const { server, probeCache: cacheFile, fetch } = await chooseServer(args, surroundings, signal);
    const { baseUrl, name: modelName, apiKey, dialect, template } = server;
    const options = { baseUrl, modelName, apiKey, dialect, templateSet: template !== "auto" };
    const report = await probeEndpoint({ ...options, fetch, signal });
    const choice = chooseFamily(report);
    const missing = choice.family === null ? [] : missingFor(report, choice);
    const warning = choice.family === null ? undefined : warningFor(report, choice);
    if (choice.family !== null) {
      await keepChoice({ ...options, cacheFile, version: VERSION }, report, choice);
    }
    if (args.switches.has("json")) {
      stdout.write(`${printableJson({ report, choice, missing, warning })}\n`);
    } else {
      const paint = createPaint(stdout, { environment, noColor: args.switches.has("no-color") });
      showProbe(createGroupedOutput(stdout), paint, { report, choice, missing, warning });
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
  readonly fetch: typeof globalThis.fetch | undefined;
}> {
  const environment = environmentWith(args, surroundings);
  const baseUrl = environment["AGENTIC_RAG_MODEL_URL"]?.trim() ?? "";
  if (baseUrl === "") {
    throw new UsageError(
      "There is no server to probe. Name one: agentic-rag probe --model-url http://127.0.0.1:8000/v1",
    );
  }
  const named = (environment["AGENTIC_RAG_MODEL"]?.trim() ?? "") !== "";
  const name = named ? undefined : await onlyModel(args, surroundings, signal);
  const values = new Map(args.values);
  if (name !== undefined) values.set("model", name);
  // what is probed is the server, whichever family is set
  const settings = chooseSettings(
    { values },
    {
      ...surroundings,
      environment: { ...surroundings.environment, AGENTIC_RAG_MODEL_FAMILY: "", AGENTIC_RAG_GGUF: "" },
    },
  );
  const { model, probeCache } = settings;
  if (model.family === "offline" || model.family === "gguf") throw new TypeError("an address makes a server");
  return { server: model, probeCache, fetch: proxyFetchOf(settings) };
}

async function onlyModel(args: Arguments, surroundings: Surroundings, signal: AbortSignal): Promise<string> {
  const environment = environmentWith(args, surroundings);
  const { model } = readSettings({
    AGENTIC_RAG_MODEL_URL: environment["AGENTIC_RAG_MODEL_URL"],
    AGENTIC_RAG_MODEL_API_KEY: environment["AGENTIC_RAG_MODEL_API_KEY"],
    AGENTIC_RAG_MODEL_DIALECT: environment["AGENTIC_RAG_MODEL_DIALECT"],
    AGENTIC_RAG_MODEL: "none",
  });
  if (model.family === "offline" || model.family === "gguf") throw new TypeError("an address makes a server");
  const { baseUrl, apiKey, dialect } = model;
  const fetch = createProxyFetch(environment);
  const models = await listModels({
    baseUrl,
    dialect,
    signal,
    ...(apiKey !== undefined && { apiKey }),
    ...(fetch !== undefined && { fetch }),
  });
  const [only] = models;
  if (only !== undefined && models.length === 1) return only.id;
  const names = models.map(({ id }) => id).slice(0, 20);
  throw new AgenticRagError(
    "settings-invalid",
    names.length === 0
      ? `${baseUrl}/models lists no model. Name one: --model, or AGENTIC_RAG_MODEL.`
      : `${baseUrl} has several models. Name one with --model or AGENTIC_RAG_MODEL: ${names.join(", ")}.`,
  );
}
