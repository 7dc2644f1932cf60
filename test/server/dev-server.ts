import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../servers/free-port.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What the server needs of the project, in a folder of its own. */
const LINKED = ["corpus", "dist", "graphs", "node_modules", "package.json", "src"];

export interface DevServer {
  readonly url: string;
  /** The folder it runs in; its own files are in `.langgraph_api` there. */
  readonly folder: string;
  /** What it has printed so far. */
  readonly output: string;
  /** Ends it at once: what it has not written is lost. */
  close(): Promise<void>;
}

export interface DevServerOptions {
  /** The project's configuration. Default: `langgraph.json`. */
  readonly config?: "langgraph.json" | "langgraph.production.json";
  /** The folder it runs in, which is kept. Default: a new one. */
  readonly folder?: string;
}

/** A folder in which the server can run without leaving its files in the project. */
export function serverFolder(config: string): string {
  const folder = mkdtempSync(join(tmpdir(), "agentic-rag-server-"));
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(folder, name));
  copyFileSync(join(ROOT, config), join(folder, config));
  return folder;
}

/** The real LangGraph dev server on one of the project's own configurations, on a free loopback port. */
export async function startDevServer(
  environment: Readonly<Record<string, string>>,
  { config = "langgraph.json", folder }: DevServerOptions = {},
): Promise<DevServer> {
  const cwd = folder ?? serverFolder(config);
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      join(ROOT, "node_modules/@langchain/langgraph-cli/dist/cli/cli.mjs"),
      "dev",
      "--no-browser",
      "--no-reload",
      "--config",
      config,
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
    ],
    {
      cwd,
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
    if (folder === undefined) rmSync(cwd, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) break;
    const reply = await fetch(`${url}/ok`).catch(() => undefined);
    // without a key even this is refused in production
    if (reply?.ok === true || reply?.status === 401) {
      return {
        url,
        folder: cwd,
        get output() {
          return output;
        },
        close,
      };
    }
    await sleep(200);
  }
  await close();
  throw new Error(`the dev server did not start:\n${output}`);
}
