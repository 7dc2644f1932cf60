import { spawnSync } from "node:child_process";

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: 15 minutes. */
  readonly timeoutMs?: number;
}

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** What npm tells the scripts that it runs would go on to the npm, pnpm and Yarn that are tried here. */
const KEPT = new Set(["npm_config_cache", "npm_config_registry", "npm_config_userconfig"]);
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("npm_") || KEPT.has(name)),
);

/** Runs a program to its end, whatever that is. */
export function attempt(
  cwd: string,
  [program = "", ...args]: readonly string[],
  options: RunOptions = {},
): Ran {
  const { env, timeoutMs = 15 * 60_000 } = options;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: environment(env),
    encoding: "utf8",
    timeout: timeoutMs,
    maxBuffer: 1e8,
    // npm and its kin are scripts there
    shell: process.platform === "win32",
  });
  return { exitCode: status ?? 1, out: stdout ?? "", err: `${stderr ?? ""}${error?.message ?? ""}` };
}

/** Runs a program that must end well. Returns what it wrote to its standard output. */
export function run(cwd: string, command: readonly string[], options?: RunOptions): string {
  const { exitCode, out, err } = attempt(cwd, command, options);
  if (exitCode === 0) return out;
  const last = `${out}\n${err}`.trim().split("\n").slice(-25).join("\n");
  throw new Error(`${command.join(" ")} ended with ${String(exitCode)}:\n${last}`);
}

export function environment(changes: RunOptions["env"] = {}): NodeJS.ProcessEnv {
  return { ...ENVIRONMENT, NEXT_TELEMETRY_DISABLED: "1", LANGGRAPH_CLI_NO_ANALYTICS: "1", ...changes };
}

export function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
