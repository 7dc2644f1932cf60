import { untilAborted } from "./abort.ts";
import type { ChatTemplate } from "./chat-template.ts";
import { detectDialect } from "./completions-detect.ts";
import type { Dialect, DialectName } from "./completions-dialect.ts";
import { dialects } from "./completions-dialects.ts";
import type { ServerRoutes } from "./completions-server.ts";
import { fetchTemplate } from "./completions-template.ts";
import type { RequestTarget } from "./http-failure.ts";
import { createSpeller, type Speller } from "./token-speller.ts";

export interface ConnectionOptions {
  readonly baseUrl: string;
  readonly dialect: DialectName | "auto";
  readonly template: ChatTemplate | "server";
  readonly routes: ServerRoutes;
}

/** What is learnt of a server, once: its dialect, its spelling, its chat template. */
export interface Connection {
  dialect(signal: AbortSignal): Promise<Dialect>;
  speller(dialect: Dialect, modelName: string): Speller | undefined;
  template(target: RequestTarget, signal: AbortSignal): Promise<ChatTemplate>;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { baseUrl, dialect: wanted, template, routes } = options;
  const spellers = new Map<string, Speller>();
  let detected: Promise<Dialect> | undefined;
  let fetched: Promise<ChatTemplate> | undefined;

  async function detect(): Promise<Dialect> {
    const { dialect, certain } = await detectDialect(routes, baseUrl);
    if (!certain) detected = undefined;
    return dialects[dialect];
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
      if (wanted !== "auto") return dialects[wanted];
      detected ??= detect();
      return untilAborted(detected, signal);
    },
    speller,
    async template(target, signal) {
      if (template !== "server") return template;
      // llama.cpp's, as it is the one that tells a template
      fetched ??= fetchTemplate(routes, target, speller(dialects.llamacpp, target.modelName));
      fetched.catch(() => (fetched = undefined));
      return untilAborted(fetched, signal);
    },
  };
}
