import { onTestFinished } from "vitest";
import { startCompletionsServer, type CompletionsServer, type ServerReply } from "./completions.ts";
import { startTavilyServer, type Found, type TavilyServer } from "./tavily.ts";

/** A model and a search engine on the loopback, and the settings that name them. */
export interface World {
  readonly completions: CompletionsServer;
  readonly tavily: TavilyServer;
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startWorld(replies: readonly ServerReply[], found?: Found): Promise<World> {
  const completions = await startCompletionsServer(replies);
  const tavily = await startTavilyServer(found);
  return {
    completions,
    tavily,
    environment: {
      AGENTIC_RAG_MODEL_URL: completions.url,
      AGENTIC_RAG_MODEL: "QwQ-32B",
      AGENTIC_RAG_MODEL_FAMILY: "completions",
      AGENTIC_RAG_ENGINE: "tavily",
      TAVILY_API_KEY: "tvly-canary-3141",
      TAVILY_BASE_URL: tavily.url,
    },
    async close() {
      await completions.close();
      await tavily.close();
    },
  };
}

/** The same until the test ends. */
export async function world(...args: Parameters<typeof startWorld>): Promise<World> {
  const started = await startWorld(...args);
  onTestFinished(() => started.close());
  return started;
}
