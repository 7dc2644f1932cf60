import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { script } from "./scenario.ts";
import { createTinyGguf } from "./tiny-gguf.ts";
import { freePort } from "../servers/free-port.ts";

const FOLDER = fileURLToPath(new URL("../../.engine/llama-server/", import.meta.url));

/** Why there is no llama-server here; `undefined` where there is one. */
export const WHY_NO_LLAMA_SERVER: string | undefined = existsSync(join(FOLDER, "usr/bin/llama-server"))
  ? undefined
  : "llama-server is not here; `sh scripts/get-llama-server.sh` fetches it";

export interface LlamaServer extends AsyncDisposable {
  /** Ends in `/v1`. */
  readonly url: string;
  /** The process, which is ended by this id and no other way. */
  readonly pid: number;
  /** A JSON answer of the server. */
  get(path: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface LlamaServerOptions {
  /** Control tokens are shown in the text. @default false */
  readonly special?: boolean;
  readonly apiKey?: string;
  /** Tokens of each of the two slots. @default 8192 */
  readonly context?: number;
  /** A model file. @default the scripted one */
  readonly model?: string;
  /** A LoRA adapter for it. */
  readonly lora?: string;
  /** What it does besides generating, or instead. */
  readonly task?: "--reranking" | "--embedding";
}

/** Starts llama.cpp's server with the scripted model, or another one, on a free port of the loopback, and waits until it is ready. */
export async function startLlamaServer(options: LlamaServerOptions = {}): Promise<LlamaServer> {
  const { special = false, apiKey, context = 8192, lora } = options;
  const folder = mkdtempSync(join(tmpdir(), "llama-server-"));
  const model = options.model ?? join(folder, "scripted.gguf");
  if (options.model === undefined) writeFileSync(model, createTinyGguf(script));
  const port = await freePort();
  const { command, args, backend } = program(options.model !== undefined);
  const child = spawn(
    command,
    [
      ...args,
      "--model",
      model,
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--ctx-size",
      String(2 * context),
      "--parallel",
      "2",
      "--threads",
      "1",
      // a short common beginning is enough to come back to the same slot
      "--slot-prompt-similarity",
      "0.01",
      "--slots",
      ...(lora === undefined ? [] : ["--lora", lora]),
      ...(options.task === undefined ? [] : [options.task]),
      ...(special ? ["--special"] : []),
      ...(apiKey === undefined ? [] : ["--api-key", apiKey]),
    ],
    { env: { ...process.env, GGML_BACKEND_PATH: backend }, stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr.on("data", (data: Buffer) => (log = (log + data.toString()).slice(-4000)));
  const exited = once(child, "exit");
  const root = `http://127.0.0.1:${port}`;
  const headers = { connection: "close", ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) };

  async function close(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    // where it is told to end in the middle of a stream, it may wait for ever
    const impatient = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await exited;
    clearTimeout(impatient);
    rmSync(folder, { recursive: true, force: true });
  }

  for (;;) {
    if (child.exitCode !== null) {
      await close();
      throw new Error(`llama-server has ended with ${child.exitCode}:\n${log}`);
    }
    const health = await fetch(`${root}/health`, { headers }).catch(() => undefined);
    await health?.body?.cancel();
    if (health?.ok === true) break;
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  return {
    url: `${root}/v1`,
    pid: child.pid!,
    get: async (path) => (await fetch(root + path, { headers })).json(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * The server behind the loader and the C library that were unpacked with it. `fast`: as the processor allows, which
 * real weights need.
 */
function program(fast: boolean): { command: string; args: string[]; backend: string } {
  const lib = join(FOLDER, "usr/lib");
  const libraries = join(
    lib,
    found(lib, (name) => name.endsWith("-linux-gnu")),
  );
  const backends = join(
    libraries,
    "ggml",
    found(join(libraries, "ggml"), (name) => name.startsWith("backends")),
  );
  const wanted = fast && hasAvx2() ? "libggml-cpu-haswell.so" : "libggml-cpu-x64.so";
  const plain = readdirSync(backends).find((name) => name === wanted);
  return {
    command: join(
      libraries,
      found(libraries, (name) => /^ld-linux.*\.so/.test(name)),
    ),
    args: [
      "--library-path",
      `${libraries}:${join(libraries, "llama")}`,
      join(FOLDER, "usr/bin/llama-server"),
    ],
    backend: join(backends, plain ?? found(backends, (name) => name.startsWith("libggml-cpu"))),
  };
}

function hasAvx2(): boolean {
  return existsSync("/proc/cpuinfo") && /\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
}

function found(folder: string, fits: (name: string) => boolean): string {
  const name = readdirSync(folder).find(fits);
  if (name === undefined) throw new Error(`${folder} does not hold what llama-server needs`);
  return name;
}
