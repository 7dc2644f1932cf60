#!/usr/bin/env node
import { EXIT_CODES } from "./terminal/exit-code.ts";
import { report } from "./terminal/failure.ts";
import { Interruption } from "./terminal/interruption.ts";
import { runProgram } from "./program.ts";
import { withStatus } from "./terminal/status-line.ts";
import { withSettingFiles } from "./setting-files.ts";
import type { LocalServers, SignalName, Surroundings } from "./terminal/surroundings.ts";

/** Ollama, llama.cpp, LM Studio and vLLM, where they listen unless they are told otherwise. */
const LOCAL_SERVERS: LocalServers = {
  addresses: [11_434, 8080, 1234, 8000].map((port) => `http://127.0.0.1:${port}/v1`),
  timeoutMs: 300,
};

const listeners = new Set<(name: SignalName) => void>();

const args = process.argv.slice(2);
const screen = withStatus(
  { stdout: process.stdout, stderr: process.stderr },
  { environment: process.env, noColor: args.includes("--no-color") },
);

const surroundings: Surroundings = {
  stdin: process.stdin,
  ...screen,
  environment: process.env,
  folder: process.cwd(),
  localServers: LOCAL_SERVERS,
  nodeVersion: process.versions.node,
  onSignal(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  leave: (exitCode) => process.exit(exitCode),
};

for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (listeners.size === 0) process.exit(report(new Interruption(name), surroundings, { json: false }));
    for (const listener of listeners) listener(name);
  });
}

// a reader that has seen enough, such as `head`, is no failure
for (const output of [process.stdout, process.stderr]) {
  output.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? EXIT_CODES.answered : EXIT_CODES.failed);
  });
}

process.on("uncaughtException", (error) => {
  process.exit(report(error, surroundings, { json: false }));
});

process.exitCode = await runProgram(args, surroundings, withSettingFiles);
