import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { onTestFinished } from "vitest";
import { MAIN } from "../../cli/process.ts";
import { temporaryFolder } from "../../cli/temporary-folder.ts";

/** A client of the official SDK, until the test ends. */
export async function connect(transport: Transport): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

export interface Spawned {
  readonly client: Client;
  readonly pid: number;
  readonly err: () => string;
}

/** The real `agentic-rag mcp` in a process of its own, as an MCP client starts it. */
export async function spawnServer(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, "mcp", ...args],
    cwd: await temporaryFolder(),
    env: { PATH: process.env["PATH"] ?? "", AGENTIC_RAG_DISCOVER: "off", ...environment },
    stderr: "pipe",
  });
  let err = "";
  transport.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
  const client = await connect(transport);
  return { client, pid: transport.pid!, err: () => err } satisfies Spawned;
}
