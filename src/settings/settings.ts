import { join } from "node:path";
import { z } from "zod";
import { cacheFolderOf } from "./cache-folder.ts";
import { databaseOf, type DatabaseSetting } from "./database.ts";
import { AgenticRagError } from "../errors.ts";
import { RUN_DEFAULTS, type RunLimits } from "../graph/context.ts";
import {
  DIALECT_NAMES,
  FAMILY_NAMES,
  modelProblems,
  modelSettings,
  type Given,
  type ModelSettings,
} from "./model.ts";
import type { Sampling } from "../model/sampling.ts";
import { createProxyFetch } from "../net/proxy.ts";
import { searchFields, searchProblems, searchSettings, type SearchSettings } from "./search.ts";
import { Secret } from "../secret.ts";
import { address, number, optionalNumber, secret } from "./fields.ts";

const PROTOCOL_NAMES = ["qwq", "search-r1", "search-o1", "r1-searcher", "re-search"] as const;
type ProtocolName = (typeof PROTOCOL_NAMES)[number];

export type { ModelSettings, ServedModelSettings } from "./model.ts";
export type { SearchSettings } from "./search.ts";

export interface Settings {
  readonly model: ModelSettings;
  readonly protocol: ProtocolName;
  readonly search: SearchSettings;
  /** Folder of documents that was indexed with `agentic-rag index`; without it the shipped articles are searched. */
  readonly documents?: string;
  /** The fields that are set; each family of models has defaults of its own for the others. */
  readonly sampling: Partial<Sampling>;
  readonly limits: Omit<RunLimits, "approveSearches">;
  /** The file in which it is kept what servers were found to do; without it they are asked in each process. */
  readonly probeCache?: string;
  /** Where `chat`, and what names a thread, keep their threads; without it nothing is kept. */
  readonly database?: DatabaseSetting;
  /** How long a thread is left alone when the process that drives it dies, in seconds. */
  readonly leaseSeconds: number;
  /** How many questions a server answers at the same time, and how many of one caller. */
  readonly concurrency: { readonly total: number; readonly perCaller: number };
  /** The variables that name proxies, as they are. */
  readonly proxies?: Readonly<Record<string, Secret>>;
}

interface Setting {
  readonly name: string;
  readonly about: string;
  readonly secret?: true;
}

const environmentSchema = z.object({
  AGENTIC_RAG_MODEL_URL: address.describe("address of the model's server, such as http://127.0.0.1:8000/v1"),
  AGENTIC_RAG_MODEL: z.string().optional().describe("the model's name at that server"),
  AGENTIC_RAG_MODEL_API_KEY: secret.describe("key of that server"),
  AGENTIC_RAG_MODEL_FAMILY: z
    .enum(FAMILY_NAMES)
    .optional()
    .describe(`how the model's turn is continued: ${FAMILY_NAMES.join(", ")}; auto finds out`),
  AGENTIC_RAG_MODEL_DIALECT: z
    .enum(DIALECT_NAMES)
    .optional()
    .describe(`what kind of server it is: ${DIALECT_NAMES.join(", ")}; auto asks it`),
  AGENTIC_RAG_GGUF: z
    .string()
    .optional()
    .describe("a GGUF file to run in this process, instead of a server (needs node-llama-cpp)"),
  AGENTIC_RAG_DISCOVER: z
    .enum(["on", "off"])
    .optional()
    .describe("off: ask and chat do not look for a model server on this machine when no model is set"),
  AGENTIC_RAG_CHAT_TEMPLATE: z
    .string()
    .optional()
    .describe(
      "auto (default: llama.cpp's or a GGUF file's own, else chatml), chatml, raw, server (llama.cpp's, a GGUF file's), or a file with a Jinja chat template",
    ),
  AGENTIC_RAG_MODEL_IDLE_SECONDS: number(z.number().positive()).describe("longest silence in a reply (60)"),
  AGENTIC_RAG_MODEL_TOTAL_SECONDS: number(z.number().positive()).describe("longest reply (600)"),
  AGENTIC_RAG_PROTOCOL: z
    .enum(PROTOCOL_NAMES)
    .optional()
    .describe(`how the model writes searches: ${PROTOCOL_NAMES.join(", ")}`),
  ...searchFields,
  AGENTIC_RAG_MAX_SEARCHES: number(z.number().int().min(0).max(100)).describe("searches for a question (5)"),
  AGENTIC_RAG_MAX_PAGES: number(z.number().int().min(0).max(50)).describe(
    "pages it may open for a question (0: none); only with the protocol qwq",
  ),
  AGENTIC_RAG_MAX_TOKENS: number(z.number().int().min(16)).describe(
    "tokens the model may write for a question (32768)",
  ),
  AGENTIC_RAG_MAX_SECONDS: number(z.number().min(1).max(86_400)).describe("time for a question (600)"),
  AGENTIC_RAG_MAX_REPAIRS: number(z.number().int().min(0).max(20)).describe(
    "unreadable calls it may mend (3)",
  ),
  AGENTIC_RAG_MAX_REPEATS: number(z.number().int().min(0).max(20)).describe("queries it may repeat (3)"),
  AGENTIC_RAG_MAX_RESULTS: number(z.number().int().min(1).max(20)).describe("sources from one search (5)"),
  AGENTIC_RAG_MAX_RESPONSE_BYTES: number(z.number().int().min(1000).max(1_000_000)).describe(
    "size of all results of one call (24000)",
  ),
  AGENTIC_RAG_CONDENSE_RESULTS: z
    .enum(["on", "off"])
    .optional()
    .describe("on: the model first condenses what a search found, in a request of its own"),
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
  AGENTIC_RAG_LOGPROBS: z
    .enum(["on", "off"])
    .optional()
    .describe("on: the transcript keeps the log-probabilities of the model's tokens, where they are offered"),
  AGENTIC_RAG_DATABASE: z
    .string()
    .optional()
    .describe(
      "where threads are kept: a SQLite file, or postgres://… (threads.sqlite in ~/.local/state/agentic-rag)",
    ),
  AGENTIC_RAG_LEASE_SECONDS: number(z.number().min(1).max(3600)).describe(
    "how long a thread is left alone when the process that drives it dies (15)",
  ),
  AGENTIC_RAG_MAX_CONCURRENT: number(z.number().int().min(1).max(10_000)).describe(
    "questions that /v1 and /mcp answer at the same time (8); more are told to come back",
  ),
  AGENTIC_RAG_MAX_PER_CALLER: number(z.number().int().min(1).max(10_000)).describe(
    "of these, questions of one caller, where keys tell callers apart (4)",
  ),
  HTTP_PROXY: z.string().optional().describe("proxy for http addresses, for all but this machine itself"),
  HTTPS_PROXY: z.string().optional().describe("proxy for https addresses (HTTP_PROXY)"),
  NO_PROXY: z.string().optional().describe("hosts that are asked without a proxy, with commas between"),
});

const SECRETS = new Set([
  "AGENTIC_RAG_MODEL_API_KEY",
  "TAVILY_API_KEY",
  "BRAVE_API_KEY",
  "SERPER_API_KEY",
  "EXA_API_KEY",
  "JINA_API_KEY",
  "HTTP_PROXY",
  "HTTPS_PROXY",
]);

/** Every setting with what it is for, in the order in which help shows them. */
export const SETTINGS: readonly Setting[] = Object.entries(environmentSchema.shape).map(([name, schema]) => ({
  name,
  about: schema.description ?? "",
  ...(SECRETS.has(name) && { secret: true }),
}));

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
  const read = environmentSchema.safeParse(given);
  const problems = [
    ...(read.error === undefined ? [] : fieldProblems(read.error, given)),
    ...modelProblems(given),
    ...searchProblems(given, cacheFolder),
    ...proxyProblems(environment),
  ];
  if (!read.success || problems.length > 0) {
    throw new AgenticRagError("settings-invalid", problems.join("\n"));
  }
  const env = read.data;
  const proxies = proxiesOf(environment);
  const database = databaseOf(env.AGENTIC_RAG_DATABASE, environment);
  return {
    model: modelSettings(env),
    protocol: env.AGENTIC_RAG_PROTOCOL ?? "qwq",
    search: searchSettings(env, cacheFolder),
    ...(env.AGENTIC_RAG_DOCUMENTS !== undefined && { documents: env.AGENTIC_RAG_DOCUMENTS }),
    sampling: samplingSettings(env),
    limits: {
      maxSearches: env.AGENTIC_RAG_MAX_SEARCHES ?? RUN_DEFAULTS.maxSearches,
      maxPages: env.AGENTIC_RAG_MAX_PAGES ?? RUN_DEFAULTS.maxPages,
      maxTokens: env.AGENTIC_RAG_MAX_TOKENS ?? RUN_DEFAULTS.maxTokens,
      maxSeconds: env.AGENTIC_RAG_MAX_SECONDS ?? RUN_DEFAULTS.maxSeconds,
      maxRepairs: env.AGENTIC_RAG_MAX_REPAIRS ?? RUN_DEFAULTS.maxRepairs,
      maxRepeats: env.AGENTIC_RAG_MAX_REPEATS ?? RUN_DEFAULTS.maxRepeats,
      maxResults: env.AGENTIC_RAG_MAX_RESULTS ?? RUN_DEFAULTS.maxResults,
      maxResponseBytes: env.AGENTIC_RAG_MAX_RESPONSE_BYTES ?? RUN_DEFAULTS.maxResponseBytes,
      condenseResults: env.AGENTIC_RAG_CONDENSE_RESULTS === "on",
    },
    ...(database !== undefined && { database }),
    concurrency: {
      total: env.AGENTIC_RAG_MAX_CONCURRENT ?? 8,
      perCaller: env.AGENTIC_RAG_MAX_PER_CALLER ?? 4,
    },
    leaseSeconds: env.AGENTIC_RAG_LEASE_SECONDS ?? 15,
    ...(cacheFolder !== undefined && { probeCache: join(cacheFolder, "probes.json") }),
    ...(Object.keys(proxies).length > 0 && { proxies }),
  };
}

/** In each of these two forms of a name; which of them counts is for `createProxyFetch` to say. */
function proxiesOf(environment: Readonly<Record<string, string | undefined>>): Record<string, Secret> {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, new Secret(value)]];
    }),
  );
}

function proxyProblems(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    createProxyFetch(environment);
    return [];
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    return [error.message];
  }
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
    ...(env.AGENTIC_RAG_LOGPROBS === "on" && { logprobs: true }),
  };
}

/** An address may carry a user name and a password. */
function withoutCredentials(value: string | undefined): string {
  return (value ?? "").replace(/\/\/[^/@\s]*@/, "//[hidden]@");
}

function fieldProblems(error: z.ZodError, given: Given): readonly string[] {
  return error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const shown = SECRETS.has(name) ? "" : ` (it is ${JSON.stringify(withoutCredentials(given[name]))})`;
    const about = SETTINGS.find((setting) => setting.name === name)?.about ?? "";
    return `${name}${shown}: ${message}. It is for: ${about}.`;
  });
}
