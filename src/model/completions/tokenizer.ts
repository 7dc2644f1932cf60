import { LRUCache } from "lru-cache";
import { isMissing, type JsonClient } from "../exchange/json-client.ts";

/** Where a server turns texts into ids and back. */
export interface TokenRoutes {
  /** A prompt may be a list of ids with texts between them. */
  readonly mixesTexts: boolean;
  /** `begins`: the text begins the prompt, so that a token that begins every prompt is put in front. */
  encode(server: Server, text: string, begins: boolean): Call;
  readonly readIds: (value: unknown) => readonly number[] | undefined;
  decode(server: Server, ids: readonly number[]): Call;
  readonly readText: (value: unknown) => string | undefined;
}

export interface Server {
  readonly baseUrl: string;
  readonly modelName: string;
}

interface Call {
  readonly url: string;
  readonly body: Record<string, unknown>;
}

/** Texts to ids and back, as the server's own tokenizer does it. `undefined` where the server does not say. */
export interface Tokenizer {
  readonly mixesTexts: boolean;
  encode(text: string, begins: boolean, signal?: AbortSignal): Promise<readonly number[] | undefined>;
  decode(ids: readonly number[], signal?: AbortSignal): Promise<string | undefined>;
}

/** Enough for a few concurrent runs. */
const CACHE_SIZE = 256;

/** Asks a server for each text once, and not again where the routes are missing. */
export function createTokenizer(client: JsonClient, routes: TokenRoutes, server: Server): Tokenizer {
  let missing = false;

  async function ask<Value extends {}>(
    known: LRUCache<string, Value>,
    { url, body }: Call,
    read: (value: unknown) => Value | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Value | undefined> {
    const key = JSON.stringify(body);
    const cached = known.get(key);
    if (cached !== undefined || missing) return cached;
    const reply = await client.post(url, body, signal);
    missing ||= isMissing(reply);
    const value = reply.kind === "value" ? read(reply.value) : undefined;
    if (value !== undefined) known.set(key, value);
    return value;
  }

  const ids = new LRUCache<string, readonly number[]>({ max: CACHE_SIZE });
  const texts = new LRUCache<string, string>({ max: CACHE_SIZE });
  return {
    mixesTexts: routes.mixesTexts,
    encode: (text, begins, signal) => ask(ids, routes.encode(server, text, begins), routes.readIds, signal),
    decode: (tokens, signal) => ask(texts, routes.decode(server, tokens), routes.readText, signal),
  };
}
