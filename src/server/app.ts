import { Hono } from "hono";
import { assemble } from "../assemble/assemble.ts";
import { createAgenticRag, type AgenticRag } from "../graph/graph.ts";
import { readSettings } from "../settings/settings.ts";
import { readAccess } from "./access.ts";
import { guard, type GuardedVariables } from "./guard.ts";
import { mcpRoutes } from "./mcp/http.ts";
import { openAiRoutes } from "./openai/routes.ts";

export interface ServerAppOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether everything, LangGraph's own routes included, is behind keys and checks; not on a developer's machine. */
  readonly guarded: boolean;
  /** Told of failures in our own routes, in words for whoever runs the server. */
  readonly onFailure?: (failure: { readonly code: string; readonly message: string }) => void;
}

/**
 * The routes that LangGraph Server gets in addition, and what stands in front of its own: what `http.app` names. `/v1`
 * speaks as OpenAI's API does, `/mcp` the Model Context Protocol.
 */
export function createServerApp({
  environment,
  guarded,
  onFailure,
}: ServerAppOptions): Hono<{ Variables: GuardedVariables }> {
  const app = new Hono<{ Variables: GuardedVariables }>();
  if (guarded) app.use(guard(readAccess(environment)));

  const settings = readSettings(environment);
  const parts = assemble(settings);
  const agent = createAgenticRag(parts);
  const searchR1 = parts.protocols?.["search-r1"];
  const agents: Record<string, AgenticRag> = {
    "agentic-rag": agent,
    ...(searchR1 !== undefined && {
      "search-r1": createAgenticRag({ ...parts, protocol: searchR1 }, { name: "search-r1" }),
    }),
  };
  const shared = { ceilings: settings.limits, ...(onFailure !== undefined && { onFailure }) };
  app.route("/v1", openAiRoutes({ ...shared, agents }));
  // the guard has looked at hosts and origins
  const neighbours = guarded ? ({ allowedHosts: "any", allowedOrigins: "any" } as const) : {};
  app.route("/mcp", mcpRoutes({ ...shared, ...neighbours, agent, engine: parts.engine }));
  return app;
}
