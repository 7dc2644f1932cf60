import { Hono } from "hono";
import { assemble } from "../assemble/assemble.ts";
import { AgenticRagError } from "../errors.ts";
import { createAgenticRag, type AgenticRag } from "../graph/graph.ts";
import { readSettings } from "../settings/settings.ts";
import { readAccess, readRules } from "./access.ts";
import type { ReportedFailure } from "./error-reply.ts";
import { checkRequests, guard, type GuardedVariables } from "./guard.ts";
import { limitBody } from "./json-body.ts";
import { mcpRoutes } from "./mcp/http.ts";
import { openAiRoutes } from "./openai/routes.ts";
import { createSlots } from "./slots.ts";
import { refuseTornState } from "./state-files.ts";

/** Bytes of a body of our own routes. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

export interface ServerAppOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Whether everything, LangGraph's own routes included, is behind keys. Not on a developer's machine, where hosts,
   * origins and bodies alone are checked.
   */
  readonly guarded: boolean;
  /** Told of failures in our own routes, in words for whoever runs the server. */
  readonly onFailure?: (failure: ReportedFailure) => void;
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
  else app.use(checkRequests(readRules(environment, "langgraph.json")));
  const limited = limitBody(MAX_BODY_BYTES);
  app.use("/v1/*", limited).use("/mcp/*", limited);

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
  const slots = createSlots(settings.concurrency);
  const shared = { ceilings: settings.limits, slots, ...(onFailure !== undefined && { onFailure }) };
  app.route("/v1", openAiRoutes({ ...shared, agents }));
  app.route("/mcp", mcpRoutes({ ...shared, agent, engine: parts.engine }));
  return app;
}

/**
 * The app for a process of LangGraph Server. Where the state of `langgraphjs dev` cannot be read, the process ends at once: going
 * on, or merely failing, it would write an empty state over it.
 */
export async function startServerApp(
  { cwd, env, exit, stderr }: Pick<NodeJS.Process, "cwd" | "env" | "exit" | "stderr">,
  { guarded }: Pick<ServerAppOptions, "guarded">,
): Promise<ReturnType<typeof createServerApp>> {
  try {
    await refuseTornState(cwd());
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    stderr.write(`${error.message}\n`);
    exit(1);
  }
  return createServerApp({
    environment: env,
    guarded,
    onFailure: ({ code, message }) => stderr.write(`${code}: ${message}\n`),
  });
}
