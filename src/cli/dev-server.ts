import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { basename, dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import { AgenticRagError } from "../errors.ts";
import { configurationFile } from "../server/access.ts";

/** LangGraph's development server, which is a package of its own. A newer number, 2.0.0, is an old release. */
const PACKAGE = "@langchain/langgraph-cli";
const VERSION = "1.5.1";
/** The port that other clients expect it at, and so many behind it. */
const USUAL_PORT = 2024;
const PORTS = 50;
const START_MS = 90_000;
const STOP_MS = 8000;

const manifestSchema = z.object({ version: z.string(), bin: z.object({ langgraphjs: z.string() }) });
const configurationSchema = z.looseObject({
  graphs: z.record(z.string(), z.string()),
  auth: z.looseObject({ path: z.string() }),
  http: z.looseObject({ app: z.string() }),
});
const runningSchema = z.object({ pid: z.number().int().positive(), url: z.url() });

/** LangGraph's command line, as it is installed. */
export interface InstalledServer {
  /** The program that Node.js runs. */
  readonly program: string;
  /** Opens an address in the browser of this machine. */
  readonly openBrowser: (url: string) => Promise<void>;
}

/**
 * Looks for LangGraph's command line in `folder` and those above it, and beside this package.
 *
 * @param beside the module of this package that is looked beside
 * @throws AgenticRagError `dependency-missing`, with the one command that installs it
 */
export function findServer(folder: string, beside: string = import.meta.url): InstalledServer {
  const places = [pathToFileURL(join(folder, "package.json")).href, beside];
  const manifest = places
    .map((place) => resolved(`${PACKAGE}/package.json`, place))
    .find((path) => path !== undefined);
  const command = `npm install ${PACKAGE}@${VERSION}`;
  if (manifest === undefined) {
    throw new AgenticRagError(
      "dependency-missing",
      `The page is served by LangGraph's development server, which is not installed. Run: ${command}`,
    );
  }
  const { version, bin } = manifestSchema.parse(JSON.parse(readFileSync(manifest, "utf8")));
  if (!version.startsWith("1.")) {
    throw new AgenticRagError(
      "dependency-missing",
      `${PACKAGE} ${version} in ${dirname(manifest)} is not the one that is needed: 2.0.0 is an old release. Run: ${command}`,
    );
  }
  return {
    program: join(dirname(manifest), bin.langgraphjs),
    async openBrowser(url) {
      // what it opens its own pages with
      const path = resolved("open", pathToFileURL(manifest).href);
      if (path === undefined) return;
      const { default: open } = openSchema.parse(await import(pathToFileURL(path).href));
      await open(url);
    },
  };
}

const openSchema = z.object({
  default: z.custom<(url: string) => Promise<unknown>>((value) => typeof value === "function"),
});

function resolved(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

/** Where the server of a folder keeps threads: one for each folder, since settings are a folder's. */
export function serverFolder(stateFolder: string, folder: string): string {
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 8);
  return join(stateFolder, "ui", `${basename(folder).replaceAll(/[^\w.-]/g, "_") || "root"}-${hash}`);
}

/** The address of the server that runs there already, if one does. */
export async function runningServer(place: string): Promise<string | undefined> {
  try {
    const { pid, url } = runningSchema.parse(JSON.parse(readFileSync(join(place, "server.json"), "utf8")));
    process.kill(pid, 0);
    const reply = await fetch(`${url}/ok`, { signal: AbortSignal.timeout(2000) });
    return reply.ok ? url : undefined;
  } catch {
    return undefined;
  }
}

export interface StartOptions {
  readonly server: InstalledServer;
  /** Where its state and its log are kept. */
  readonly place: string;
  /** Its working directory: what settings name is looked for there. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: the first free one from 2024 on. */
  readonly port: number | undefined;
  readonly signal: AbortSignal;
}

export interface StartedServer {
  readonly url: string;
  /** What it writes, to be looked at where something fails. */
  readonly log: string;
  /** Resolves when it has ended by itself. */
  readonly ended: Promise<void>;
  /** Ends it, once it has written its state. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the development server with the graphs of this package, on the loopback.
 *
 * @throws AgenticRagError `settings-invalid` where it does not start, with what it says
 */
export async function startServer({
  server,
  place,
  folder,
  environment,
  port,
  signal,
}: StartOptions): Promise<StartedServer> {
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const config = join(place, "langgraph.json");
  writeFileSync(config, `${JSON.stringify(ownConfiguration(place), null, 2)}\n`);
  const free = port ?? (await freePort());
  const url = `http://127.0.0.1:${free}`;
  const log = join(place, "server.log");
  const output = openSync(log, "w", 0o600);
  const child = spawn(
    process.execPath,
    [
      server.program,
      "dev",
      "--no-browser",
      "--no-reload",
      "--config",
      config,
      "--host",
      "127.0.0.1",
      "--port",
      `${free}`,
    ],
    {
      cwd: folder,
      // a group of its own, since it runs in children; a signal for this process is handed on to it once
      detached: process.platform !== "win32",
      env: { ...environment, LANGGRAPH_CLI_NO_ANALYTICS: "1", AGENTIC_RAG_SERVER_FOLDER: place },
      stdio: ["ignore", output, output],
    },
  );
  closeSync(output);
  const ended = once(child, "exit").then(() => undefined);
  const running = join(place, "server.json");
  const stop = async (): Promise<void> => {
    rmSync(running, { force: true });
    await end(child, url, ended);
  };
  const until = Date.now() + START_MS;
  while (child.exitCode === null && !signal.aborted && Date.now() < until) {
    const reply = await fetch(`${url}/ok`).catch(() => undefined);
    if (reply?.ok === true) {
      writeFileSync(running, JSON.stringify({ pid: child.pid, url }));
      return { url, log, ended, stop };
    }
    await Promise.race([sleep(150), ended]);
  }
  await stop();
  signal.throwIfAborted();
  throw new AgenticRagError(
    "settings-invalid",
    `LangGraph's development server did not start. It says:\n${lastLines(log)}\nAll that it says is in ${log}.`,
  );
}

/** The configuration for developers, with the graphs where they lie, and settings from the environment alone. */
function ownConfiguration(place: string): unknown {
  const file = fileURLToPath(configurationFile("langgraph.json"));
  const { graphs, auth, http, ...rest } = configurationSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  // LangGraph takes what begins with / for a part of this folder, too
  const at = (path: string): string => relative(place, join(dirname(file), path));
  return {
    ...rest,
    env: {},
    graphs: Object.fromEntries(Object.entries(graphs).map(([name, path]) => [name, at(path)])),
    auth: { ...auth, path: at(auth.path) },
    http: { ...http, app: at(http.app) },
  };
}

async function freePort(): Promise<number> {
  for (let port = USUAL_PORT; port < USUAL_PORT + PORTS; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new AgenticRagError(
    "settings-invalid",
    `No port from ${USUAL_PORT} to ${USUAL_PORT + PORTS - 1} is free. Name another one: --port <n>.`,
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Asks it to end, and ends it where it does not. */
async function end(child: ChildProcess, url: string, ended: Promise<void>): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  kill(pid, "SIGTERM");
  const until = Date.now() + STOP_MS;
  await Promise.race([ended, sleep(STOP_MS)]);
  // its children write the state after it has gone
  while (Date.now() < until && (await fetch(`${url}/ok`).catch(() => undefined)) !== undefined)
    await sleep(100);
  kill(pid, "SIGKILL");
}

/** The whole group, where there are groups. */
function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, name);
  } catch {
    // it is gone
  }
}

function lastLines(log: string): string {
  if (!existsSync(log)) return "";
  const lines = readFileSync(log, "utf8").trim().split("\n");
  return lines.slice(-12).join("\n");
}
