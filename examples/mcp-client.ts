/** The agent as a Model Context Protocol server: `agentic-rag mcp`, started by its client. */
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { z } from "zod";

// where the package is installed: command "npx", args ["agentic-rag", "mcp"]
const transport = new StdioClientTransport({
  command: process.execPath,
  args: [
    "--import",
    import.meta.resolve("tsx"),
    fileURLToPath(new URL("../src/cli/main.ts", import.meta.url)),
    "mcp",
  ],
  stderr: "ignore",
});
const client = new Client({ name: "example", version: "1.0.0" });
await client.connect(transport);

const { tools } = await client.listTools();
console.log("tools:", tools.map(({ name }) => name).join(", "));

const resultSchema = z.object({ content: z.array(z.object({ type: z.literal("text"), text: z.string() })) });
const { content } = resultSchema.parse(
  await client.callTool({ name: "research", arguments: { question: "What is BM25?" } }),
);
console.log(content[0]?.text);
await client.close();
