import type { LlamaServer } from "./llama-server.ts";

/** What the engine itself counted of one completion. */
export interface EngineCount {
  /** How the prompt was sent. */
  readonly form: "text" | "tokens";
  /** Tokens of the prompt that were in the cache, and those that were evaluated. */
  readonly cached: number;
  readonly evaluated: number;
  /** Tokens that were drawn. */
  readonly drawn: number;
}

export interface EngineCalls {
  readonly fetch: typeof globalThis.fetch;
  /** The bodies of the completion requests so far. */
  readonly bodies: readonly { readonly prompt: string | readonly (number | string)[] }[];
  /** The counts of the completions so far, in order. */
  counts(): Promise<readonly EngineCount[]>;
}

/** A `fetch` that notes what llama-server says about each completion. */
export function noteEngineCalls(): EngineCalls {
  const bodies: { prompt: string | readonly (number | string)[] }[] = [];
  const replies: Promise<string>[] = [];
  return {
    async fetch(url, init) {
      const response = await fetch(url, init);
      if (typeof url === "string" && url.endsWith("/completions")) {
        bodies.push(JSON.parse(init?.body as string) as (typeof bodies)[number]);
        replies.push(response.clone().text());
      }
      return response;
    },
    bodies,
    counts: async () =>
      (await Promise.all(replies)).map((reply, at) => {
        const last = reply.split("\n").findLast((line) => line.startsWith("data: {")) ?? "";
        const { timings } = JSON.parse(last.slice("data: ".length)) as {
          timings: { cache_n: number; prompt_n: number; predicted_n: number };
        };
        return {
          form: typeof bodies[at]?.prompt === "string" ? "text" : "tokens",
          cached: timings.cache_n,
          evaluated: timings.prompt_n,
          drawn: timings.predicted_n,
        };
      }),
  };
}

/** Tokens of a text as the engine counts them. */
export async function countTokens(server: LlamaServer, content: string): Promise<number> {
  const reply = await fetch(server.url.replace("/v1", "/tokenize"), {
    method: "POST",
    headers: { connection: "close" },
    body: JSON.stringify({ content }),
  });
  return ((await reply.json()) as { tokens: number[] }).tokens.length;
}
