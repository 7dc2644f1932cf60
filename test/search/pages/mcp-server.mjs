import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

/** An MCP server that reads one page, over its standard input and output. */
const server = new McpServer({ name: "pages", version: "1.0.0" });
server.registerTool(
  "fetch_page",
  { description: "Reads a web page.", inputSchema: { url: z.string() } },
  async ({ url }) =>
    url.endsWith("/hafnium")
      ? { content: [{ type: "text", text: `Read at ${url}: hafnium <b>` }] }
      : { isError: true, content: [{ type: "text", text: "HTTP error 404" }] },
);
await server.connect(new StdioServerTransport());
