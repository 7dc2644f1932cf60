import { Hono } from "hono";
import { assembleServed } from "../assemble/served.ts";
import { createPlainModel } from "../compose/plain-model.ts";
import { createAgenticRag, type AgenticRag } from "../graph/graph.ts";
import { readSettings } from "../settings/settings.ts";
import { readAccess, readRules } from "./access.ts";
import type { DeletedThreads } from "./deleted-threads.ts";
import type { ReportedFailure } from "./error-reply.ts";
import { checkRequests, guard, type GuardedVariables } from "./guard.ts";
import { limitBody } from "./json-body.ts";
import { mcpRoutes } from "./mcp/http.ts";
import { keepInStore } from "./openai/responses/kept.ts";
import { openAiRoutes } from "./openai/routes.ts";
import { pageRoutes } from "./page.ts";
import { createSlots } from "./slots.ts";

/** Bytes of a body of our own routes. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

export interface ServerAppOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Whether everything, LangGraph's own routes included, is behind keys. Not on a developer's machine, where hosts,
   * origins and bodies alone are checked.
   */
  readonly guarded: boolean;
  /** What `createAuth` is given too. */
  readonly deleted: DeletedThreads;
  /** Told of failures in our own routes, in words for whoever runs the server. */
  readonly onFailure?: (failure: ReportedFailure) => void;
}

/**
 * The routes that LangGraph Server gets in addition, and what stands in front of its own: what `http.app` names. `/v1`
 * speaks as OpenAI's API does, `/mcp` the Model Context Protocol, and `/` is a page to ask on.
 */
export function createServerApp({
  environment,
  guarded,
  deleted,
  onFailure,
}: ServerAppOptions): Hono<{ Variables: GuardedVariables }> {
  const app = new Hono<{ Variables: GuardedVariables }>();
  const settings = readSettings(environment);
  const { choosable } = settings;
  if (guarded) {
    app.use(
      guard(readAccess(environment), { deleted, choosable, busyThreads: settings.concurrency.perCaller }),
    );
  } else app.use(checkRequests(readRules(environment, "langgraph.json"), { deleted, choosable }));
  const limited = limitBody(MAX_BODY_BYTES);
  app.use("/v1/*", limited).use("/mcp/*", limited);

  const parts = assembleServed(settings);
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
  const plain = createPlainModel(parts);
  const named = plain === null ? [] : Object.keys(agents).map((name) => [name, plain] as const);
  const plainModels = Object.fromEntries(named);
  app.route("/v1", openAiRoutes({ ...shared, agents, plainModels, openKept: keepInStore }));
  app.route("/mcp", mcpRoutes({ ...shared, agent, engine: parts.engine }));
  app.route("/", pageRoutes({ asksKey: guarded }));
  return app;
}

/** The app for a process of LangGraph Server: failures go to its error output. */
export function createProcessApp(
  { env, stderr }: Pick<NodeJS.Process, "env" | "stderr">,
  options: Pick<ServerAppOptions, "guarded" | "deleted">,
): ReturnType<typeof createServerApp> {
  return createServerApp({
    ...options,
    environment: env,
    onFailure: ({ code, message }) => stderr.write(`${code}: ${message}\n`),
  });
}
