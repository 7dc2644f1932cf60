import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** An MCP server over its standard input and output whose tools answer in the forms of known search servers. */
const TEXTS = {
  tavily_search:
    "Detailed Results:\n\nTitle: One\nURL: https://example.org/1\nContent: First: it is 7.\n\nTitle: Two\nURL: https://example.org/2\nContent: Second.\nMore of it.",
  brave_web_search:
    "Title: One\nDescription: First: it is 7.\nURL: https://example.org/1\n\nTitle: Two\nDescription: Second.\nMore of it.\nURL: https://example.org/2",
  duckduckgo_search:
    "Found 2 search results:\n\n1. One\n   https://example.org/1\n   First: it is 7.\n\n2. Two\n   https://example.org/2\n   Second.\nMore of it.",
  markdown_search:
    "1. **Title:** One\n   **URL:** <https://example.org/1>\n   **Summary:** First: it is 7.\n\n2. **Title:** Two\n   **URL:** <https://example.org/2>\n   **Summary:** Second.\nMore of it.",
  json_search: JSON.stringify({
    results: [
      { title: "One", url: "https://example.org/1", content: "First: it is 7." },
      { title: "Two", link: "https://example.org/2", description: "Second.\nMore of it." },
    ],
  }),
  empty_search: "No results found for your query.",
  prose: "It is a sentence of prose. Note: it names https://example.org/ in passing.",
};
const key = process.env["SECRET_API_KEY"] ?? "none";
const server = new McpServer({ name: "forms", version: "1.0.0" });
const inputSchema = { query: z.string(), count: z.number().optional() };
for (const [name, text] of Object.entries(TEXTS)) {
  server.registerTool(name, { description: name, inputSchema }, () => ({
    content: [{ type: "text", text }],
  }));
}
server.registerTool(
  "structured_search",
  {
    description: "structured",
    inputSchema,
    outputSchema: { results: z.array(z.object({ title: z.string(), url: z.string(), text: z.string() })) },
  },
  ({ query, count }) => {
    const found = [
      { title: `About ${query}`, url: "https://example.org/1", text: `Asked for ${count}.` },
      { title: "Bad", url: "javascript:alert(1)", text: "No address." },
    ];
    return { content: [{ type: "text", text: "two" }], structuredContent: { results: found } };
  },
);
server.registerTool("failing_search", { description: "fails", inputSchema }, () => ({
  isError: true,
  content: [{ type: "text", text: `HTTP error 401: key ${key} is not valid` }],
}));
server.registerTool("limited_search", { description: "is limited", inputSchema }, () => {
  throw new Error("Too many requests, slow down");
});
server.registerTool("hanging_search", { description: "hangs", inputSchema }, async () => {
  await sleep(60_000, undefined, { ref: false });
  return { content: [] };
});
server.registerTool("ending_search", { description: "ends the server", inputSchema }, () => process.exit(3));
server.registerTool(
  "two_fields",
  { description: "needs more", inputSchema: { query: z.string(), site: z.string() } },
  () => ({
    content: [],
  }),
);
await server.connect(new StdioServerTransport());
