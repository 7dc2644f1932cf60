import { z } from "zod";
import { isLasting, type JsonClient, type JsonReply } from "../exchange/json-client.ts";
import type { ModelDescription } from "../model.ts";
import { rootOf, type ServerDialect } from "./dialects.ts";

/** Tokens of prompt and reply together. */
export interface ContextSize {
  readonly tokens: number;
  /** The server did not tell it: it is what such a server takes by default. */
  readonly assumed?: true;
}

/** The contexts of the models of a server. */
export interface ContextFinder {
  /** The context of a model; undefined where the server does not tell it. Never throws. */
  readonly find: (modelName: string, signal?: AbortSignal) => Promise<ContextSize | undefined>;
  /** Its tokens, as far as they were told by now: nothing is asked. */
  readonly known: (modelName: string) => number | undefined;
}

const count = z.number().int().positive().nullish().catch(null);

/** A model in a list, with the names that its context has at vLLM and SGLang, Groq, OpenRouter and Together, Mistral, llama.cpp. */
export const modelCardSchema = z.object({
  id: z.string(),
  max_model_len: count,
  loaded_context_length: count,
  context_window: count,
  context_length: count,
  max_context_length: count,
  meta: z.object({ n_ctx: count }).nullish().catch(null),
});

export type ModelCard = z.infer<typeof modelCardSchema>;

const listSchema = z.object({ data: z.array(modelCardSchema) });
const propsSchema = z.object({
  default_generation_settings: z.object({ n_ctx: z.number().int().positive() }),
});

/** What Ollama runs a model with where nobody sets anything, and its server was started on a small machine. */
const OLLAMA_DEFAULT = 4_096;
const runningSchema = z.object({
  models: z.array(z.object({ name: z.string(), model: z.string().nullish(), context_length: count })),
});
const shownSchema = z.object({
  parameters: z.string().nullish(),
  model_info: z.record(z.string(), z.unknown()).nullish(),
});

/** The context that an entry of a list of models tells. */
export function contextOfCard(card: ModelCard): number | undefined {
  return (
    card.max_model_len ??
    card.loaded_context_length ??
    card.meta?.n_ctx ??
    card.context_window ??
    card.context_length ??
    card.max_context_length ??
    undefined
  );
}

/** Services whose lists of models have no sizes. */
const TELL_NONE: ReadonlySet<ServerDialect> = new Set(["anthropic", "google", "openai", "deepseek"]);

export interface ContextQuestion {
  readonly client: JsonClient;
  /** The same client with what it was answered kept. @default `client` */
  readonly kept?: JsonClient;
  readonly baseUrl: string;
  /** What kind of server it is; undefined while that is not known: nothing is asked then. */
  readonly dialect: (signal?: AbortSignal) => Promise<ServerDialect | undefined>;
  /** The size by the settings: nothing is asked then. */
  readonly set?: number | undefined;
}

/** What is told is kept; what a server that loads models as they are asked for says of the moment is not. */
export function createContextFinder(question: ContextQuestion): ContextFinder {
  const { client, kept = client, baseUrl, dialect, set } = question;
  const told = new Map<string, ContextSize | undefined>();
  const lasting = new Set<string>();
  return {
    async find(modelName, signal) {
      if (set !== undefined) return { tokens: set };
      if (lasting.has(modelName)) return told.get(modelName);
      const server = await dialect(signal);
      if (server === undefined) return undefined;
      const clients = { client, kept };
      const { size, lasts } = await ask(clients, { baseUrl, modelName, dialect: server }, signal);
      told.set(modelName, size);
      if (lasts) lasting.add(modelName);
      return size;
    },
    known(modelName) {
      if (set !== undefined) return set;
      const size = told.get(modelName);
      // no wish is lowered for what is only assumed
      return size?.assumed === true ? undefined : size?.tokens;
    },
  };
}

/** As a description of the model tells it. */
export function describeContext(
  size: ContextSize | undefined,
): Pick<ModelDescription, "contextTokens" | "assumedContext"> {
  return {
    ...(size !== undefined && { contextTokens: size.tokens }),
    ...(size?.assumed === true && { assumedContext: true }),
  };
}

interface Asked {
  readonly size: ContextSize | undefined;
  /** The server has told it, or that it tells none; otherwise it is worth asking again. */
  readonly lasts: boolean;
}

async function ask(
  { client, kept }: { readonly client: JsonClient; readonly kept: JsonClient },
  { baseUrl, modelName, dialect }: { baseUrl: string; modelName: string; dialect: ServerDialect },
  signal: AbortSignal | undefined,
): Promise<Asked> {
  const root = rootOf(baseUrl);
  if (TELL_NONE.has(dialect)) return { size: undefined, lasts: true };
  if (dialect === "ollama") return askOllama(client, { root, modelName }, signal);
  if (dialect === "llamacpp") {
    // that of one slot, which `/v1/models` does not tell
    const props = await kept.get(`${root}/props`, signal);
    const tokens = valueOf(propsSchema, props)?.default_generation_settings.n_ctx;
    if (tokens !== undefined) return { size: { tokens }, lasts: true };
  }
  const list = await kept.get(dialect === "lmstudio" ? `${root}/api/v0/models` : `${baseUrl}/models`, signal);
  const models = valueOf(listSchema, list)?.data ?? [];
  const card = models.find(({ id }) => id === modelName) ?? (models.length === 1 ? models[0] : undefined);
  const tokens = card === undefined ? undefined : contextOfCard(card);
  return { size: tokens === undefined ? undefined : { tokens }, lasts: isLasting(list) };
}

/** What it runs the model with at the moment; else what the model's file sets, else its own default. */
async function askOllama(
  client: JsonClient,
  { root, modelName }: { readonly root: string; readonly modelName: string },
  signal: AbortSignal | undefined,
): Promise<Asked> {
  const [running, shown] = await Promise.all([
    client.get(`${root}/api/ps`, signal),
    client.post(`${root}/api/show`, { model: modelName }, signal),
  ]);
  const names = [modelName, `${modelName}:latest`];
  const loaded = valueOf(runningSchema, running)?.models.find(
    ({ name, model }) => names.includes(name) || names.includes(model ?? ""),
  );
  if (loaded?.context_length != null) return { size: { tokens: loaded.context_length }, lasts: false };
  const file = valueOf(shownSchema, shown);
  if (file === undefined) return { size: undefined, lasts: isLasting(shown) };
  const set = /^\s*num_ctx\s+(\d+)\s*$/m.exec(file.parameters ?? "")?.[1];
  if (set !== undefined) return { size: { tokens: Number(set) }, lasts: false };
  const trained = Object.entries(file.model_info ?? {}).find(([name]) =>
    name.endsWith(".context_length"),
  )?.[1];
  const most = typeof trained === "number" ? trained : Infinity;
  return { size: { tokens: Math.min(OLLAMA_DEFAULT, most), assumed: true }, lasts: false };
}

function valueOf<Value>(schema: z.ZodType<Value>, reply: JsonReply): Value | undefined {
  return reply.kind === "value" ? schema.safeParse(reply.value).data : undefined;
}
