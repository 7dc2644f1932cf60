import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface DevServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The real LangGraph dev server on the project's own langgraph.json, on a free loopback port. */
export async function startDevServer(environment: Readonly<Record<string, string>>): Promise<DevServer> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      "node_modules/@langchain/langgraph-cli/dist/cli/cli.mjs",
      "dev",
      "--no-browser",
      "--no-reload",
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
    ],
    {
      cwd: ROOT,
      // a group of its own: the server runs in children of the CLI, which must end with it
      detached: true,
      env: { ...process.env, LANGGRAPH_CLI_NO_ANALYTICS: "1", LANGSMITH_TRACING: "false", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, "exit");
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.pid !== undefined) {
      process.kill(-child.pid, "SIGKILL");
      await exited;
    }
  };
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) break;
    const reply = await fetch(`${url}/ok`).catch(() => undefined);
    if (reply?.ok === true) return { url, close };
    await sleep(200);
  }
  await close();
  throw new Error(`the dev server did not start:\n${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
