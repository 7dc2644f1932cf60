import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { AgenticRagError } from "./errors.ts";
import { RUN_DEFAULTS, type RunLimits } from "./graph/context.ts";
import {
  DIALECT_NAMES,
  FAMILY_NAMES,
  modelProblems,
  modelSettings,
  type Given,
  type ModelSettings,
} from "./model-settings.ts";
import { QWQ_SAMPLING, type Sampling } from "./model/sampling.ts";
import { Secret } from "./secret.ts";

const PROTOCOL_NAMES = ["qwq", "search-r1", "search-o1", "r1-searcher", "re-search"] as const;
const ENGINE_NAMES = ["local", "tavily", "searxng", "retriever"] as const;
type ProtocolName = (typeof PROTOCOL_NAMES)[number];
export type EngineName = (typeof ENGINE_NAMES)[number];

export type { ModelSettings, ServedModelSettings } from "./model-settings.ts";

export interface Settings {
  readonly model: ModelSettings;
  readonly protocol: ProtocolName;
  readonly engine: EngineName;
  readonly tavily: { readonly apiKey?: Secret; readonly baseUrl?: string };
  readonly searxng: { readonly baseUrl?: string };
  readonly retriever: { readonly baseUrl?: string };
  /** Folder of documents that was indexed with `agentic-rag index`; without it the shipped articles are searched. */
  readonly documents?: string;
  readonly sampling: Sampling;
  readonly limits: RunLimits;
  /** The file in which it is kept what servers were found to do; without it they are asked in each process. */
  readonly probeCache?: string;
}

interface Setting {
  readonly name: string;
  readonly about: string;
  readonly secret?: true;
}

const numeric = z
  .string()
  .regex(/^[-+]?(?:\d+\.?\d*|\.\d+)$/, "must be a number")
  .transform(Number);
const number = (schema: z.ZodNumber) => numeric.pipe(schema).optional();
const optionalNumber = (schema: z.ZodNumber) =>
  z.union([z.literal("none").transform(() => null), numeric.pipe(schema)]).optional();
const address = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .transform((url) => url.replace(/\/+$/, ""))
  .optional();
const secret = z
  .string()
  .transform((value) => new Secret(value))
  .optional();

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
      "chatml (default), raw, server (llama.cpp tells its own, a GGUF file has one), or a file with a Jinja chat template",
    ),
  AGENTIC_RAG_MODEL_IDLE_SECONDS: number(z.number().positive()).describe("longest silence in a reply (60)"),
  AGENTIC_RAG_MODEL_TOTAL_SECONDS: number(z.number().positive()).describe("longest reply (600)"),
  AGENTIC_RAG_PROTOCOL: z
    .enum(PROTOCOL_NAMES)
    .optional()
    .describe(`how the model writes searches: ${PROTOCOL_NAMES.join(", ")}`),
  AGENTIC_RAG_ENGINE: z
    .enum(ENGINE_NAMES)
    .optional()
    .describe(`where searches go: ${ENGINE_NAMES.join(", ")}`),
  AGENTIC_RAG_DOCUMENTS: z
    .string()
    .optional()
    .describe("folder indexed with `agentic-rag index`, for the engine local"),
  TAVILY_API_KEY: secret.describe("key for the engine tavily"),
  TAVILY_BASE_URL: address.describe("another address of Tavily's API"),
  SEARXNG_BASE_URL: address.describe("address of a SearXNG instance, for the engine searxng"),
  RETRIEVER_BASE_URL: address.describe("address of a Search-R1 retrieval server, for the engine retriever"),
  AGENTIC_RAG_MAX_SEARCHES: number(z.number().int().min(0).max(100)).describe("searches for a question (5)"),
  AGENTIC_RAG_MAX_TOKENS: number(z.number().int().min(16)).describe(
    "tokens the model may write for a question (32768)",
  ),
  AGENTIC_RAG_MAX_SECONDS: number(z.number().min(1).max(86_400)).describe("time for a question (600)"),
  AGENTIC_RAG_MAX_REPAIRS: number(z.number().int().min(0).max(20)).describe(
    "unreadable calls it may mend (3)",
  ),
  AGENTIC_RAG_MAX_REPEATS: number(z.number().int().min(0).max(20)).describe("queries it may repeat (3)"),
  AGENTIC_RAG_MAX_RESULTS: number(z.number().int().min(1).max(20)).describe("sources from one search (5)"),
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
});

const SECRETS = new Set(["AGENTIC_RAG_MODEL_API_KEY", "TAVILY_API_KEY"]);

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
  const read = environmentSchema.safeParse(given);
  const problems = [
    ...(read.error === undefined ? [] : fieldProblems(read.error, given)),
    ...modelProblems(given),
  ];
  if (!read.success || problems.length > 0) {
    throw new AgenticRagError("settings-invalid", problems.join("\n"));
  }
  const env = read.data;
  const probeCache = probeCacheOf(environment);
  return {
    model: modelSettings(env),
    protocol: env.AGENTIC_RAG_PROTOCOL ?? "qwq",
    engine: env.AGENTIC_RAG_ENGINE ?? engineFor(env),
    tavily: {
      ...(env.TAVILY_API_KEY !== undefined && { apiKey: env.TAVILY_API_KEY }),
      ...(env.TAVILY_BASE_URL !== undefined && { baseUrl: env.TAVILY_BASE_URL }),
    },
    searxng: { ...(env.SEARXNG_BASE_URL !== undefined && { baseUrl: env.SEARXNG_BASE_URL }) },
    retriever: { ...(env.RETRIEVER_BASE_URL !== undefined && { baseUrl: env.RETRIEVER_BASE_URL }) },
    ...(env.AGENTIC_RAG_DOCUMENTS !== undefined && { documents: env.AGENTIC_RAG_DOCUMENTS }),
    sampling: samplingSettings(env),
    limits: {
      maxSearches: env.AGENTIC_RAG_MAX_SEARCHES ?? RUN_DEFAULTS.maxSearches,
      maxTokens: env.AGENTIC_RAG_MAX_TOKENS ?? RUN_DEFAULTS.maxTokens,
      maxSeconds: env.AGENTIC_RAG_MAX_SECONDS ?? RUN_DEFAULTS.maxSeconds,
      maxRepairs: env.AGENTIC_RAG_MAX_REPAIRS ?? RUN_DEFAULTS.maxRepairs,
      maxRepeats: env.AGENTIC_RAG_MAX_REPEATS ?? RUN_DEFAULTS.maxRepeats,
      maxResults: env.AGENTIC_RAG_MAX_RESULTS ?? RUN_DEFAULTS.maxResults,
    },
    ...(probeCache !== undefined && { probeCache }),
  };
}

/** See https://specifications.freedesktop.org/basedir-spec: a path that is not absolute does not count. */
function probeCacheOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_CACHE_HOME: named = "", HOME, USERPROFILE } = environment;
  const home = HOME ?? USERPROFILE ?? "";
  const folder = isAbsolute(named) ? named : isAbsolute(home) ? join(home, ".cache") : undefined;
  return folder === undefined ? undefined : join(folder, "agentic-rag", "probes.json");
}

type Environment = z.infer<typeof environmentSchema>;

/** The engine that was configured, the first of several. */
function engineFor(env: Environment): EngineName {
  if (env.TAVILY_API_KEY !== undefined) return "tavily";
  if (env.SEARXNG_BASE_URL !== undefined) return "searxng";
  return env.RETRIEVER_BASE_URL === undefined ? "local" : "retriever";
}

function samplingSettings(env: Environment): Sampling {
  return {
    temperature: orElse(env.AGENTIC_RAG_TEMPERATURE, QWQ_SAMPLING.temperature),
    topP: orElse(env.AGENTIC_RAG_TOP_P, QWQ_SAMPLING.topP),
    topK: orElse(env.AGENTIC_RAG_TOP_K, QWQ_SAMPLING.topK),
    minP: orElse(env.AGENTIC_RAG_MIN_P, QWQ_SAMPLING.minP),
    presencePenalty: orElse(env.AGENTIC_RAG_PRESENCE_PENALTY, QWQ_SAMPLING.presencePenalty),
    frequencyPenalty: orElse(env.AGENTIC_RAG_FREQUENCY_PENALTY, QWQ_SAMPLING.frequencyPenalty),
    repetitionPenalty: orElse(env.AGENTIC_RAG_REPETITION_PENALTY, QWQ_SAMPLING.repetitionPenalty),
    seed: orElse(env.AGENTIC_RAG_SEED, QWQ_SAMPLING.seed),
  };
}

function orElse<Value>(value: Value | undefined, fallback: Value): Value {
  return value === undefined ? fallback : value;
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
