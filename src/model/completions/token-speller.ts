import type { ServerRoutes } from "../exchange/server.ts";

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
export interface Speller {
  readonly mixesTexts: boolean;
  encode(text: string, begins: boolean, signal?: AbortSignal): Promise<readonly number[] | undefined>;
  decode(ids: readonly number[], signal?: AbortSignal): Promise<string | undefined>;
}

/** As many texts are remembered: those of some runs at a time. */
const MAX_REMEMBERED = 256;

/** A speller that asks for each text once, and not again where the routes are missing. */
export function createSpeller(routes: ServerRoutes, tokens: TokenRoutes, server: Server): Speller {
  const remembered = new Map<string, unknown>();
  let missing = false;

  async function ask<T>(
    { url, body }: Call,
    read: (value: unknown) => T | undefined,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    const key = `${url} ${JSON.stringify(body)}`;
    const known = read(remembered.get(key));
    if (known !== undefined || missing) return known;
    const reply = await routes.post(url, body, signal);
    if (reply.kind === "refused") missing = [404, 405, 501].includes(reply.status);
    if (reply.kind !== "value") return undefined;
    const value = read(reply.value);
    if (value === undefined) return undefined;
    const oldest = remembered.keys().next();
    if (remembered.size >= MAX_REMEMBERED && oldest.done !== true) remembered.delete(oldest.value);
    remembered.set(key, reply.value);
    return value;
  }

  return {
    mixesTexts: tokens.mixesTexts,
    encode: (text, begins, signal) => ask(tokens.encode(server, text, begins), tokens.readIds, signal),
    decode: (ids, signal) => ask(tokens.decode(server, ids), tokens.readText, signal),
  };
}
