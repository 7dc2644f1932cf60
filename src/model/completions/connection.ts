import { untilAborted } from "../../net/abort.ts";
import { chatmlTemplate, type ChatTemplate } from "../template/chat-template.ts";
import { detectDialect } from "./detect.ts";
import type { Dialect, DialectName } from "./dialect.ts";
import { dialects } from "./dialects.ts";
import type { ServerRoutes } from "../exchange/server.ts";
import { fetchOfferedTemplate, fetchTemplate } from "./template.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import { createSpeller, type Speller } from "./token-speller.ts";

export interface ConnectionOptions {
  readonly baseUrl: string;
  readonly dialect: DialectName | "auto";
  /** `server`: the one that the server tells; `auto`: that one where it tells one, else ChatML. */
  readonly template: ChatTemplate | "server" | "auto";
  readonly routes: ServerRoutes;
}

/** What is learnt of a server, once: its dialect, its spelling, its chat template. */
export interface Connection {
  dialect(signal: AbortSignal | undefined): Promise<FoundDialect>;
  speller(dialect: Dialect, modelName: string): Speller | undefined;
  template(target: RequestTarget, dialect: Dialect, signal: AbortSignal): Promise<ChatTemplate>;
}

interface FoundDialect {
  readonly dialect: Dialect;
  /** It is set, or the server has said something to know it by; otherwise it is worth asking again. */
  readonly certain: boolean;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { baseUrl, dialect: wanted, template, routes } = options;
  const spellers = new Map<string, Speller>();
  let detected: Promise<FoundDialect> | undefined;
  let fetched: Promise<ChatTemplate> | undefined;

  async function detect(): Promise<FoundDialect> {
    const { dialect, certain } = await detectDialect(routes, baseUrl);
    if (!certain) detected = undefined;
    return { dialect: dialects[dialect], certain };
  }

  function speller({ name, tokens }: Dialect, modelName: string): Speller | undefined {
    if (tokens === undefined) return undefined;
    const key = `${name} ${modelName}`;
    const known = spellers.get(key) ?? createSpeller(routes, tokens, { baseUrl, modelName });
    spellers.set(key, known);
    return known;
  }

  return {
    async dialect(signal) {
      if (wanted !== "auto") return { dialect: dialects[wanted], certain: true };
      detected ??= detect();
      return untilAborted(detected, signal);
    },
    speller,
    async template(target, dialect, signal) {
      if (typeof template !== "string") return template;
      // llama.cpp is the one that tells a template
      const { llamacpp } = dialects;
      if (template === "auto" && dialect !== llamacpp) return chatmlTemplate;
      const fetch = template === "server" ? fetchTemplate : offeredOrChatml;
      fetched ??= fetch(routes, target, speller(llamacpp, target.modelName));
      fetched.catch(() => (fetched = undefined));
      return untilAborted(fetched, signal);
    },
  };
}

async function offeredOrChatml(...asked: Parameters<typeof fetchOfferedTemplate>): Promise<ChatTemplate> {
  return (await fetchOfferedTemplate(...asked)) ?? chatmlTemplate;
}
