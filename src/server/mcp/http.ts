import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { Hono } from "hono";
import { z } from "zod";
import { callerOf } from "../caller.ts";
import { RequestError } from "../error-reply.ts";
import { readJson } from "../json-body.ts";
import { createInFlight } from "./in-flight.ts";
import type { McpParts } from "./parts.ts";
import { createMcpServers } from "./server.ts";

const SESSION = "mcp-session-id";

const callSchema = z.object({ method: z.string(), id: z.union([z.string(), z.number()]).optional() });
const cancelSchema = z.object({
  method: z.literal("notifications/cancelled"),
  params: z.object({ requestId: z.union([z.string(), z.number()]) }),
});

/**
 * MCP over Streamable HTTP, to be mounted at `/mcp`. Who may ask, and with how large a body, is decided in front of it.
 *
 * Nothing is kept between requests, so any number of processes can answer one client. A session's name is only given
 * out so that a client can cancel what it began, where that runs in this process; and a client that leaves cancels too.
 */
export function mcpRoutes(parts: McpParts): Hono {
  const createServer = createMcpServers(parts);
  const inFlight = createInFlight();
  const app = new Hono();

  // no server-initiated messages, so no GET stream
  app.get("/", (c) => c.json(errorBody(-32_000, "Method not allowed."), 405, { allow: "POST, DELETE" }));

  app.delete("/", (c) => {
    inFlight.cancelAll(c.req.header(SESSION));
    return c.body(null, 200);
  });

  app.post("/", async (c) => {
    const request = c.req.raw;
    let body: unknown;
    try {
      body = await readJson(request);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return Response.json(errorBody(-32_700, error.message), { status: error.reply.status });
    }
    const session = request.headers.get(SESSION) ?? undefined;
    const messages = Array.isArray(body) ? body : [body];
    for (const message of messages) {
      const cancel = cancelSchema.safeParse(message).data;
      if (cancel !== undefined) inFlight.cancel(session, cancel.params.requestId);
    }
    const calls = messages.flatMap((message) => callSchema.safeParse(message).data ?? []);

    const server = createServer(callerOf(c.var));
    const transport = new WebStandardStreamableHTTPServerTransport();
    const close = (): void => void server.close();
    const ids = calls.flatMap(({ id }) => id ?? []);
    const forget = ids.map((id) => inFlight.add(session, id, close));
    const end = (): void => {
      for (const one of forget) one();
      request.signal.removeEventListener("abort", close);
      close();
    };
    request.signal.addEventListener("abort", close, { once: true });
    await server.connect(transport);
    const reply = await transport.handleRequest(request, { parsedBody: body });
    if (request.signal.aborted) close();
    if (calls.some(({ method }) => method === "initialize")) reply.headers.set(SESSION, crypto.randomUUID());
    if (reply.body === null) end();
    return reply.body === null ? reply : new Response(followed(reply.body, end), reply);
  });
  return app;
}

/** The same bytes; tells when they have ended, or nobody reads them any more. */
function followed(body: ReadableStream<Uint8Array>, onEnd: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      onEnd();
      controller.close();
    },
    async cancel(reason) {
      onEnd();
      await reader.cancel(reason);
    },
  });
}

function errorBody(code: number, message: string) {
  return { jsonrpc: "2.0", error: { code, message }, id: null };
}
