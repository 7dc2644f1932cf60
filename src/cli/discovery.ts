import { usesChatml } from "../model/template/chatml-models.ts";
import { listModels } from "../model/completions/describe.ts";
import { isRaw } from "../model/server/dialects.ts";
import type { ServerDialect } from "../model/server/dialects.ts";
import { createJsonClient } from "../model/exchange/json-client.ts";
import { findDialect } from "../model/server/find.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import type { Arguments } from "./arguments/arguments.ts";
import { environmentWith } from "./arguments/chosen-settings.ts";
import { printableLine } from "./terminal/printable.ts";
import type { LocalServers, Surroundings } from "./terminal/surroundings.ts";

/** A model server on this machine that said what it is. */
export interface LocalServer {
  readonly baseUrl: string;
  readonly dialect: ServerDialect;
  /** The names of what can be asked, never empty. */
  readonly models: readonly string[];
}

type Environment = Readonly<Record<string, string>>;

export interface LocalModel {
  readonly server: LocalServer;
  readonly name: string;
}

const PRODUCTS: Partial<Record<ServerDialect, string>> = {
  ollama: "Ollama",
  llamacpp: "llama.cpp",
  lmstudio: "LM Studio",
  vllm: "vLLM",
  sglang: "SGLang",
  tgi: "TGI",
};

/** Models that reason and search, the best first. */
const WANTED = ["qwq", "search-r1", "r1-searcher", "search-o1", "qwen3", "deepseek-r1", "qwen"];

/** Models that write no text. */
const SILENT = /embed|rerank|whisper|\bbge\b|\btts\b/i;

/**
 * The model servers that run on this machine. All places are asked at once; who does not say in time what it is does
 * not count, nor does what merely answers like one.
 */
export async function findLocalServers(
  { addresses, timeoutMs }: LocalServers,
  signal?: AbortSignal,
): Promise<readonly LocalServer[]> {
  const found = await Promise.all(
    addresses.map(async (baseUrl): Promise<LocalServer | undefined> => {
      const timeout = AbortSignal.timeout(timeoutMs);
      const ended = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
      try {
        const [{ dialect }, listed] = await Promise.all([
          findDialect(createJsonClient({ timeoutMs }), baseUrl, ended),
          listModels({ baseUrl, signal: ended, timeoutMs }),
        ]);
        const models = listed.map(({ id }) => id).filter((id) => !SILENT.test(id));
        return PRODUCTS[dialect] === undefined || models.length === 0
          ? undefined
          : { baseUrl, dialect, models };
      } catch {
        return undefined;
      }
    }),
  );
  signal?.throwIfAborted();
  return found.filter((server) => server !== undefined);
}

/** The model to take: one that reasons and searches before others, else the first. */
export function pickModel(servers: readonly LocalServer[]): LocalModel | undefined {
  const all = servers.flatMap((server) => server.models.map((name) => ({ server, name })));
  for (const wanted of WANTED) {
    const model = all.find(({ name }) => name.toLowerCase().includes(wanted));
    if (model !== undefined) return model;
  }
  return all[0];
}

/** How a server is called, such as `Ollama at 127.0.0.1:11434`. */
export function placeOf({ dialect, baseUrl }: Pick<LocalServer, "dialect" | "baseUrl">): string {
  const product = PRODUCTS[dialect];
  const { host } = new URL(baseUrl);
  return product === undefined ? host : `${product} at ${host}`;
}

/** The settings under which a model is asked; what is set already stays. */
export function settingsFor(
  { server: { baseUrl, dialect }, name }: LocalModel,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const isSet = (setting: string): boolean => (environment[setting]?.trim() ?? "") !== "";
  const protocol = protocolFor(name);
  const knownTemplate = usesChatml(name) || dialect === "llamacpp" || isSet("AGENTIC_RAG_CHAT_TEMPLATE");
  return {
    AGENTIC_RAG_MODEL_URL: baseUrl,
    AGENTIC_RAG_MODEL: name,
    AGENTIC_RAG_MODEL_FAMILY: isRaw(dialect) && knownTemplate ? "completions" : "auto",
    AGENTIC_RAG_MODEL_DIALECT: dialect,
    ...(protocol !== undefined && !isSet("AGENTIC_RAG_PROTOCOL") && { AGENTIC_RAG_PROTOCOL: protocol }),
  };
}

/** The protocol that a checkpoint was trained on, as far as its name tells. */
export function protocolFor(name: string): string | undefined {
  return ["search-r1", "r1-searcher", "search-o1"].find((protocol) => name.toLowerCase().includes(protocol));
}

/**
 * Where no model is set, the settings with one that runs on this machine, a line that says so, and the variables that
 * name it; else those given, and nothing.
 */
export async function discoverModel(
  settings: Settings,
  args: Pick<Arguments, "values">,
  surroundings: Pick<Surroundings, "environment" | "folder" | "localServers">,
  signal: AbortSignal,
): Promise<{ readonly settings: Settings; readonly note: string; readonly found: Environment }> {
  const none = { settings, note: "", found: {} };
  if (settings.model.family !== "offline" || !settings.model.discover) return none;
  const model = pickModel(await findLocalServers(surroundings.localServers, signal));
  if (model === undefined) return none;
  const environment = environmentWith(args, surroundings);
  const found = settingsFor(model, environment);
  return {
    found,
    settings: readSettings({ ...environment, ...found }),
    note: `No model is set, so ${printableLine(model.name)} is taken from ${placeOf(model.server)}. To choose another: agentic-rag setup; for none: AGENTIC_RAG_DISCOVER=off.\n`,
  };
}
