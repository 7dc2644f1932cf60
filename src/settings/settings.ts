import { join } from "node:path";
import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import { RUN_DEFAULTS, type RunLimits } from "../graph/context.ts";
import {
  documentsSettings,
  indexingSettings,
  type DocumentsSetting,
  type IndexingSettings,
} from "./documents.ts";
import { isLocalModel, modelFields, modelProblems, modelSettings, type ModelSettings } from "./model.ts";
import type { Sampling } from "../model/sampling.ts";
import { createProxyFetch } from "../net/proxy.ts";
import { shownName } from "./engine-names.ts";
import { searchFields, searchProblems, searchSettings, type SearchSettings } from "./search.ts";
import { Secret } from "../secret.ts";
import { keptAt, onOrOff, number, numberOr, optionalNumber, secret, toggle, type Given } from "./fields.ts";
import { cacheFolderOf, stateFolderOf } from "./user-folders.ts";

const PROTOCOL_NAMES = ["qwq", "search-r1", "search-o1", "r1-searcher", "re-search"] as const;
type ProtocolName = (typeof PROTOCOL_NAMES)[number];

export type { ModelSettings, ServedModelSettings } from "./model.ts";
export type { SearchSettings } from "./search.ts";

/** Where threads are kept. */
interface DatabaseSetting {
  /** A SQLite file, or the address of a PostgreSQL server. */
  readonly address: string;
  /** True where nobody chose it. */
  readonly byDefault: boolean;
}

export interface Settings {
  readonly model: ModelSettings;
  readonly protocol: ProtocolName;
  readonly search: SearchSettings;
  /** What was indexed with `agentic-rag index`; where nothing is named the shipped articles are searched. */
  readonly documents: readonly DocumentsSetting[];
  /** The address of the PostgreSQL database that holds their indexes, unless files are named for them. */
  readonly documentsDatabase?: string;
  readonly indexing: IndexingSettings;
  /** The fields that are set; each family of models has defaults of its own for the others. */
  readonly sampling: Partial<Sampling>;
  readonly limits: Omit<RunLimits, "approveSearches">;
  /** Whether searches are sent while the model still writes their call; unset: where nobody can stop a run in between. */
  readonly searchAhead?: boolean;
  /** The file in which it is kept what servers were found to do; without it they are asked in each process. */
  readonly probeCache?: string;
  /** Where `chat`, and what names a thread, keep their threads; without it nothing is kept. */
  readonly database?: DatabaseSetting;
  /** How long a thread is left alone when the process that drives it dies, in seconds. */
  readonly leaseSeconds: number;
  /** What a run may choose by name where others than the operator start runs: on a server. */
  readonly choosable: { readonly engines: readonly string[]; readonly models: readonly string[] };
  /** How many questions a server answers at the same time, and how many of one caller. */
  readonly concurrency: { readonly total: number; readonly perCaller: number };
  /** The variables that name proxies, as they are. */
  readonly proxies?: Readonly<Record<string, Secret>>;
}

interface Setting {
  readonly name: string;
  readonly about: string;
  readonly secret?: true;
  /** It says where requests or records go. */
  readonly destination?: true;
}

/** A model on processors may need minutes for a prompt. */
const LOCAL_SECONDS = 1_800;

const environmentSchema = z.object({
  ...modelFields,
  AGENTIC_RAG_PROTOCOL: z
    .enum(PROTOCOL_NAMES)
    .default("qwq")
    .describe(`how the model writes searches: ${PROTOCOL_NAMES.join(", ")}`),
  ...searchFields,
  AGENTIC_RAG_MAX_SEARCHES: numberOr(RUN_DEFAULTS.maxSearches, z.number().int().min(0).max(100)).describe(
    "searches for a question",
  ),
  AGENTIC_RAG_MAX_PAGES: numberOr(RUN_DEFAULTS.maxPages, z.number().int().min(0).max(50)).describe(
    "pages it may open for a question; only with the protocol qwq",
  ),
  AGENTIC_RAG_MAX_TOKENS: numberOr(RUN_DEFAULTS.maxTokens, z.number().int().min(16)).describe(
    "tokens the model may write for a question",
  ),
  AGENTIC_RAG_MAX_SECONDS: number(z.number().min(1).max(86_400)).describe(
    `time for a question (${LOCAL_SECONDS} where the model runs on this machine, else ${RUN_DEFAULTS.maxSeconds})`,
  ),
  AGENTIC_RAG_MAX_REPAIRS: numberOr(RUN_DEFAULTS.maxRepairs, z.number().int().min(0).max(20)).describe(
    "unreadable calls it may mend",
  ),
  AGENTIC_RAG_MAX_REPEATS: numberOr(RUN_DEFAULTS.maxRepeats, z.number().int().min(0).max(20)).describe(
    "queries it may repeat",
  ),
  AGENTIC_RAG_MAX_RESULTS: numberOr(RUN_DEFAULTS.maxResults, z.number().int().min(1).max(20)).describe(
    "sources from one search",
  ),
  AGENTIC_RAG_MAX_RESPONSE_BYTES: numberOr(
    RUN_DEFAULTS.maxResponseBytes,
    z.number().int().min(1000).max(1_000_000),
  ).describe("size of all results of one call"),
  AGENTIC_RAG_KEEP_RESULTS: number(z.number().int().min(1).max(100)).describe(
    "the model is shown so many of its last results alone, for models that were trained so (all)",
  ),
  AGENTIC_RAG_CONDENSE_RESULTS: toggle(false).describe(
    "on: the model first condenses what a search found, in a request of its own",
  ),
  AGENTIC_RAG_SEARCH_AHEAD: onOrOff
    .optional()
    .describe("searches are sent while the model still writes their call (on; on a server off)"),
  AGENTIC_RAG_MEND_ANSWER: toggle(false).describe(
    "on: the model is told once which sentences of its answer no source supports, and writes it again; only with the protocol qwq",
  ),
  AGENTIC_RAG_TEMPERATURE: optionalNumber(z.number().min(0).max(2)).describe(
    "sampling (0.6); none leaves it to the server",
  ),
  AGENTIC_RAG_TOP_P: optionalNumber(z.number().gt(0).max(1)).describe("sampling (0.95)"),
  AGENTIC_RAG_TOP_K: optionalNumber(z.number().int().min(-1)).describe("sampling (40)"),
  AGENTIC_RAG_MIN_P: optionalNumber(z.number().min(0).max(1)).describe("sampling (0)"),
  AGENTIC_RAG_PRESENCE_PENALTY: optionalNumber(z.number().min(-2).max(2)).describe("sampling (none)"),
  AGENTIC_RAG_FREQUENCY_PENALTY: optionalNumber(z.number().min(-2).max(2)).describe("sampling (none)"),
  AGENTIC_RAG_REPETITION_PENALTY: optionalNumber(z.number().positive()).describe("sampling (none)"),
  AGENTIC_RAG_SEED: optionalNumber(z.number().int()).describe("sampling (none)"),
  AGENTIC_RAG_LOGPROBS: toggle(false).describe(
    "on: the transcript keeps the log-probabilities of the model's tokens, where they are offered",
  ),
  AGENTIC_RAG_DATABASE: keptAt.describe(
    "where threads are kept: a SQLite file (threads.sqlite in ~/.local/state/agentic-rag), or postgres://…, which then holds the index of documents, too",
  ),
  AGENTIC_RAG_LEASE_SECONDS: numberOr(15, z.number().min(1).max(3600)).describe(
    "how long a thread is left alone when the process that drives it dies",
  ),
  AGENTIC_RAG_MAX_CONCURRENT: numberOr(8, z.number().int().min(1).max(10_000)).describe(
    "questions that /v1 and /mcp answer at the same time; more are told to come back",
  ),
  AGENTIC_RAG_MAX_PER_CALLER: numberOr(4, z.number().int().min(1).max(10_000)).describe(
    "of these, questions of one caller, where keys tell callers apart; and busy threads of one user on LangGraph's own routes",
  ),
  HTTP_PROXY: secret
    .meta({ destination: true })
    .describe("proxy for http addresses, for all but this machine itself"),
  HTTPS_PROXY: secret.meta({ destination: true }).describe("proxy for https addresses (HTTP_PROXY)"),
  NO_PROXY: z
    .string()
    .optional()
    .meta({ destination: true })
    .describe("hosts that are asked without a proxy, with commas between"),
});

/** Every setting with what it is for, in the order in which help shows them. */
export const SETTINGS: readonly Setting[] = Object.entries(environmentSchema.shape).map(([name, schema]) => {
  const { description = "", fallback, secret: isSecret, destination } = schema.meta() ?? {};
  return {
    name,
    about: typeof fallback === "number" ? `${description} (${fallback})` : description,
    ...(isSecret === true && { secret: true }),
    ...(destination === true && { destination: true }),
  };
});

/**
 * Reads settings from a record of strings, such as `process.env`. What is empty counts as not set.
 *
 * @throws AgenticRagError `settings-invalid` that names every wrong setting at once and never shows a key.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    SETTINGS.map(({ name }) => [name, environment[name]?.trim()]).filter(
      ([, value]) => value !== undefined && value !== "",
    ),
  );
  const cacheFolder = cacheFolderOf(environment);
  const proxies = readProxies(environment);
  const read = environmentSchema.safeParse(given);
  const problems = [
    ...(read.error === undefined ? [] : fieldProblems(read.error, given)),
    ...modelProblems(given),
    ...searchProblems(given, cacheFolder),
    ...mendProblems(read.data),
    ...proxies.problems,
  ];
  if (!read.success || problems.length > 0) {
    throw new AgenticRagError("settings-invalid", problems.join("\n"));
  }
  const env = read.data;
  const database = databaseOf(env.AGENTIC_RAG_DATABASE, environment);
  const model = modelSettings(env);
  const search = searchSettings(env, cacheFolder, environment);
  return {
    model,
    protocol: env.AGENTIC_RAG_PROTOCOL,
    search,
    ...documentsSettings(env),
    indexing: indexingSettings(env),
    sampling: samplingSettings(env),
    limits: {
      maxSearches: env.AGENTIC_RAG_MAX_SEARCHES,
      maxPages: env.AGENTIC_RAG_MAX_PAGES,
      maxTokens: env.AGENTIC_RAG_MAX_TOKENS,
      maxSeconds:
        env.AGENTIC_RAG_MAX_SECONDS ?? (isLocalModel(model) ? LOCAL_SECONDS : RUN_DEFAULTS.maxSeconds),
      maxRepairs: env.AGENTIC_RAG_MAX_REPAIRS,
      maxRepeats: env.AGENTIC_RAG_MAX_REPEATS,
      maxResults: env.AGENTIC_RAG_MAX_RESULTS,
      maxResponseBytes: env.AGENTIC_RAG_MAX_RESPONSE_BYTES,
      ...(env.AGENTIC_RAG_KEEP_RESULTS !== undefined && { keepResults: env.AGENTIC_RAG_KEEP_RESULTS }),
      condenseResults: env.AGENTIC_RAG_CONDENSE_RESULTS,
      mendAnswer: env.AGENTIC_RAG_MEND_ANSWER,
    },
    ...(database !== undefined && { database }),
    ...(env.AGENTIC_RAG_SEARCH_AHEAD !== undefined && { searchAhead: env.AGENTIC_RAG_SEARCH_AHEAD }),
    choosable: {
      engines: (env.AGENTIC_RAG_ALLOW_ENGINES ?? search.engines).map(shownName),
      models: [
        ...("name" in model && model.name !== undefined ? [model.name] : []),
        ...(env.AGENTIC_RAG_ALLOW_MODELS ?? []),
      ],
    },
    concurrency: { total: env.AGENTIC_RAG_MAX_CONCURRENT, perCaller: env.AGENTIC_RAG_MAX_PER_CALLER },
    leaseSeconds: env.AGENTIC_RAG_LEASE_SECONDS,
    ...(cacheFolder !== undefined && { probeCache: join(cacheFolder, "probes.json") }),
    ...(Object.keys(proxies.named).length > 0 && { proxies: proxies.named }),
  };
}

/** A setting without an effect is named, not left to be found out. */
function mendProblems(env: Environment | undefined): readonly string[] {
  if (env?.AGENTIC_RAG_MEND_ANSWER !== true || env.AGENTIC_RAG_PROTOCOL === "qwq") return [];
  return [
    `AGENTIC_RAG_MEND_ANSWER is on, but an answer of the protocol ${env.AGENTIC_RAG_PROTOCOL} has an end of its own and cannot be written again. Set AGENTIC_RAG_PROTOCOL to qwq, or leave AGENTIC_RAG_MEND_ANSWER off.`,
  ];
}

/** What names proxies, in both forms of a name; which of them counts is for `createProxyFetch` to say. */
function readProxies(environment: Readonly<Record<string, string | undefined>>): {
  readonly named: Readonly<Record<string, Secret>>;
  readonly problems: readonly string[];
} {
  const named: Record<string, Secret> = {};
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((one) => [one, one.toLowerCase()])) {
    const value = environment[name];
    if (value !== undefined) named[name] = new Secret(value);
  }
  try {
    createProxyFetch(environment);
    return { named, problems: [] };
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    return { named, problems: [error.message] };
  }
}

/** The database that was chosen, else a file among what this user's programs remember. */
function databaseOf(
  chosen: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): DatabaseSetting | undefined {
  if (chosen !== undefined) return { address: chosen, byDefault: false };
  const folder = stateFolderOf(environment);
  return folder === undefined ? undefined : { address: join(folder, "threads.sqlite"), byDefault: true };
}

type Environment = z.infer<typeof environmentSchema>;

function samplingSettings(env: Environment): Partial<Sampling> {
  return {
    ...(env.AGENTIC_RAG_TEMPERATURE !== undefined && { temperature: env.AGENTIC_RAG_TEMPERATURE }),
    ...(env.AGENTIC_RAG_TOP_P !== undefined && { topP: env.AGENTIC_RAG_TOP_P }),
    ...(env.AGENTIC_RAG_TOP_K !== undefined && { topK: env.AGENTIC_RAG_TOP_K }),
    ...(env.AGENTIC_RAG_MIN_P !== undefined && { minP: env.AGENTIC_RAG_MIN_P }),
    ...(env.AGENTIC_RAG_PRESENCE_PENALTY !== undefined && {
      presencePenalty: env.AGENTIC_RAG_PRESENCE_PENALTY,
    }),
    ...(env.AGENTIC_RAG_FREQUENCY_PENALTY !== undefined && {
      frequencyPenalty: env.AGENTIC_RAG_FREQUENCY_PENALTY,
    }),
    ...(env.AGENTIC_RAG_REPETITION_PENALTY !== undefined && {
      repetitionPenalty: env.AGENTIC_RAG_REPETITION_PENALTY,
    }),
    ...(env.AGENTIC_RAG_SEED !== undefined && { seed: env.AGENTIC_RAG_SEED }),
    ...(env.AGENTIC_RAG_LOGPROBS && { logprobs: true }),
  };
}

/** An address may carry a user name and a password. */
export function withoutCredentials(value: string | undefined): string {
  return (value ?? "").replace(/\/\/[^/@\s]*@/, "//[hidden]@");
}

function fieldProblems(error: z.ZodError, given: Given): readonly string[] {
  return error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const { about = "", secret: isSecret } = SETTINGS.find((setting) => setting.name === name) ?? {};
    const shown = isSecret === true ? "" : ` (it is ${JSON.stringify(withoutCredentials(given[name]))})`;
    return `${name}${shown}: ${message}. It is for: ${about}.`;
  });
}
