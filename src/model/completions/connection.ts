import { createSharedWork } from "../../net/shared-work.ts";
import type { RequestTarget } from "../exchange/http-failure.ts";
import type { JsonClient } from "../exchange/json-client.ts";
import { completionsDialectOf, type DialectName, type ServerDialect } from "../server/dialects.ts";
import { findDialect } from "../server/find.ts";
import { templateFor, type ChatTemplate } from "../template/chat-template.ts";
import type { Dialect } from "./dialect.ts";
import { dialects } from "./dialects.ts";
import { fetchOfferedTemplate, fetchTemplate } from "./template.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";

export interface ConnectionOptions {
  readonly baseUrl: string;
  readonly dialect: DialectName | "auto";
  /** `server`: the one that the server tells; `auto`: that one where it tells one, else that of the model's line. */
  readonly template: ChatTemplate | "server" | "auto";
  readonly client: JsonClient;
}

/** What is learnt of a server, once: its dialect and, for each of its models, tokenizer and chat template. */
export interface Connection {
  dialect(signal: AbortSignal | undefined): Promise<FoundDialect>;
  tokenizer(dialect: Dialect, modelName: string): Tokenizer | undefined;
  template(target: RequestTarget, dialect: Dialect, signal?: AbortSignal): Promise<ChatTemplate>;
}

interface FoundDialect {
  readonly dialect: Dialect;
  readonly server: ServerDialect;
  /** It is set, or the server has said what it is; otherwise it is worth asking again. */
  readonly certain: boolean;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { baseUrl, dialect: wanted, template, client } = options;
  const tokenizers = new Map<string, Tokenizer>();
  const templates = new Map<string, (signal?: AbortSignal) => Promise<ChatTemplate>>();
  const detected = createSharedWork(
    async (signal) => {
      const { dialect, certain } = await findDialect(client, baseUrl, signal);
      return { dialect: dialects[completionsDialectOf(dialect) ?? "generic"], server: dialect, certain };
    },
    { keeps: ({ certain }) => certain },
  );

  function tokenizer({ name, tokens }: Dialect, modelName: string): Tokenizer | undefined {
    if (tokens === undefined) return undefined;
    const key = `${name} ${modelName}`;
    const known = tokenizers.get(key) ?? createTokenizer(client, tokens, { baseUrl, modelName });
    tokenizers.set(key, known);
    return known;
  }

  return {
    async dialect(signal) {
      return wanted === "auto"
        ? detected(signal)
        : { dialect: dialects[wanted], server: wanted, certain: true };
    },
    tokenizer,
    async template(target, dialect, signal) {
      if (typeof template !== "string") return template;
      // llama.cpp is the one that tells a template
      const { llamacpp } = dialects;
      const { modelName } = target;
      if (template === "auto" && dialect !== llamacpp) return templateFor(modelName);
      const fetch = template === "server" ? fetchTemplate : offeredOrKnown;
      const fetched =
        templates.get(modelName) ??
        createSharedWork((ended) => fetch(client, target, tokenizer(llamacpp, modelName), ended));
      templates.set(modelName, fetched);
      return fetched(signal);
    },
  };
}

async function offeredOrKnown(...asked: Parameters<typeof fetchOfferedTemplate>): Promise<ChatTemplate> {
  const [, { modelName }] = asked;
  return (await fetchOfferedTemplate(...asked)) ?? templateFor(modelName);
}
