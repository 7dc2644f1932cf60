import { mcpRoutes } from "../../../src/server/mcp/http.ts";
import type { McpParts } from "../../../src/server/mcp/parts.ts";
import { createSlots } from "../../../src/server/slots.ts";
import { serveOnLoopback } from "../serve.ts";

export type McpOptions = Omit<McpParts, "slots"> & Partial<Pick<McpParts, "slots">>;

/** The routes behind a real HTTP server on the loopback, until the test ends. Gives their address. */
export async function startMcpServer(options: McpOptions): Promise<URL> {
  const routes = mcpRoutes({ slots: createSlots({ total: 8, perCaller: 4 }), ...options });
  return new URL(await serveOnLoopback((request) => routes.fetch(request)));
}
