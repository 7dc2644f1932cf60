import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { bundleProgram } from "../bundle.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The program, as Node.js runs it. */
export const MAIN = await bundleProgram(new URL("../../src/cli/main.ts", import.meta.url));

export interface Program {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** The exit code and, if one ended it, the signal. */
  readonly ended: Promise<{ readonly exitCode: unknown; readonly signal: unknown }>;
}

export interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** The working directory. @default the clone */
  readonly folder?: string;
}

/** The program in a process of its own, with an environment of its own. */
export function startProgram(args: readonly string[], options: ProgramOptions = {}): Program {
  const { environment = {}, stdin = "", folder = ROOT } = options;
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    // what else may run on this machine is not asked
    env: { PATH: process.env["PATH"], AGENTIC_RAG_DISCOVER: "off", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin.on("error", () => undefined).end(stdin);
  const ended = once(child, "close").then(([exitCode, signal]: unknown[]) => ({ exitCode, signal }));
  return { child, out: () => out, err: () => err, ended };
}
