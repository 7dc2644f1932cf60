import { AgenticRagError } from "../../errors.ts";
import { readBaseUrl, revealed } from "../exchange/request.ts";
import { createDeferredModel } from "../exchange/deferred.ts";
import type { ContinuationModel } from "../model.ts";
import { choiceFor, chooseFamily, type FamilyChoice, type NoFamily } from "./choice.ts";
import type { ProbeReport } from "./report.ts";
import { probeEndpoint, type ProbeOptions } from "./probe.ts";
import { createChoiceCache } from "./probed-cache.ts";
import { createSharedWork } from "../../net/shared-work.ts";

export interface ProbedOptions extends Omit<ProbeOptions, "thorough" | "signal"> {
  /** JSON file in which the outcome is kept for a week. @default none: each process probes */
  readonly cacheFile?: string | undefined;
  /** Of this package: what was kept by another version does not count. @default "" */
  readonly version?: string;
  /** Milliseconds since 1970. @default the system's clock */
  readonly now?: () => number;
}

export interface ProbedChoice extends FamilyChoice {
  /** False: the endpoint left a question about itself open, and is probed again by the next use. */
  readonly certain: boolean;
}

/** Finds the family of one endpoint, once for all who ask. */
export interface Prober {
  choice(signal?: AbortSignal): Promise<ProbedChoice>;
}

/**
 * What an endpoint was found to do, from the cache or by probing it now.
 *
 * `choice` throws what probing throws, which is kept nowhere, and `model-rejected` where no family can be used.
 */
export function createProber(options: ProbedOptions): Prober {
  async function find(signal: AbortSignal): Promise<ProbedChoice> {
    const known = await cachedChoice(options);
    if (known !== undefined) return { ...known, certain: true };
    const report = await probeEndpoint({ ...options, thorough: false, signal });
    const choice = chooseFamily(report);
    if (choice.family === null) throw unusable(report, choice);
    await keepChoice(options, report, choice);
    return { ...choice, certain: report.certain };
  }
  return { choice: createSharedWork(find, { keeps: ({ certain }) => certain }) };
}

/**
 * A model of the family that its endpoint is found to do. It is probed by the first use, for all uses; a failure to
 * find out is the failure of that use.
 */
export function createProbedModel(options: {
  readonly modelName: string;
  readonly prober: Prober;
  /** False: the model's protocol cannot be spoken over native tools. @default true */
  readonly tools?: boolean;
  readonly build: (choice: FamilyChoice) => ContinuationModel | Promise<ContinuationModel>;
}): ContinuationModel {
  const { modelName, prober, tools = true, build } = options;
  return createDeferredModel({
    family: "auto",
    modelName,
    async open(signal) {
      const found = await prober.choice(signal);
      const { certain } = found;
      const choice = { ...choiceFor(found, tools), certain };
      const { dialect, continues, reason } = choice;
      return { model: await build(choice), description: { dialect, continues, reason }, certain };
    },
  });
}

/** Keeps the outcome of a probe, but none that a failure or an open question has had a part in. */
export async function keepChoice(
  options: ProbedOptions,
  { certain, completions, chat }: ProbeReport,
  choice: FamilyChoice,
): Promise<void> {
  const key = keyOf(options);
  if (options.cacheFile === undefined || key === undefined) return;
  if (!certain || completions.exists === "failed" || chat.exists === "failed") return;
  await createChoiceCache(options.cacheFile, options.now).put(key, choice);
}

async function cachedChoice(options: ProbedOptions): Promise<FamilyChoice | undefined> {
  const key = keyOf(options);
  if (options.cacheFile === undefined || key === undefined) return undefined;
  return createChoiceCache(options.cacheFile, options.now).get(key);
}

/** Undefined where the key would be part of it. */
function keyOf(options: ProbedOptions): string | undefined {
  const {
    baseUrl,
    modelName,
    dialect = "auto",
    version = "",
    apiKey,
    templateSet,
    extraBody,
    reasoning,
  } = options;
  const about = [
    ...(templateSet === true ? ["template"] : []),
    ...(reasoning === undefined ? [] : [reasoning]),
    ...(extraBody === undefined ? [] : [JSON.stringify(extraBody)]),
  ];
  const key = [readBaseUrl(baseUrl), modelName, dialect, version, ...about].join(" ");
  const secret = revealed(apiKey).trim();
  return secret.length >= 8 && key.includes(secret) ? undefined : key;
}

function unusable({ completions, chat }: ProbeReport, { reason, advice }: NoFamily): AgenticRagError {
  const failed = completions.exists === "failed" || chat.exists === "failed";
  return new AgenticRagError(failed ? "model-server-error" : "model-rejected", `${reason} ${advice}`);
}
