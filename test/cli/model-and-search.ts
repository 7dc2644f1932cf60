import { onTestFinished } from "vitest";
import { startCompletionsServer, type ServerReply } from "../servers/completions.ts";
import { startTavilyServer } from "../servers/tavily.ts";

/** A model's server and a search engine's for the command line, and the environment that names them. */
export async function startModelAndSearch(replies: readonly ServerReply[]) {
  const server = await startCompletionsServer(replies);
  const tavily = await startTavilyServer();
  onTestFinished(async () => {
    await server.close();
    await tavily.close();
  });
  const environment = {
    AGENTIC_RAG_MODEL_URL: server.url,
    AGENTIC_RAG_MODEL: "m",
    AGENTIC_RAG_MODEL_FAMILY: "completions",
    AGENTIC_RAG_MODEL_DIALECT: "generic",
    AGENTIC_RAG_ENGINE: "tavily",
    TAVILY_API_KEY: "tvly-canary-3141",
    TAVILY_BASE_URL: tavily.url,
  };
  return { server, tavily, environment };
}
