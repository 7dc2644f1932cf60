#!/usr/bin/env node
import { loadEnvironmentFile } from "./environment-file.ts";
import { SIGNAL_EXIT_CODES } from "./exit-code.ts";
import { runProgram } from "./program.ts";
import type { SignalName } from "./surroundings.ts";

const listeners = new Set<(name: SignalName) => void>();

for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (listeners.size === 0) process.exit(SIGNAL_EXIT_CODES[name]);
    for (const listener of listeners) listener(name);
  });
}

// a reader that has seen enough, such as `head`, is no failure
for (const output of [process.stdout, process.stderr]) {
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
}

process.exitCode = await runProgram(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  folder: process.cwd(),
  nodeVersion: process.versions.node,
  onSignal(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  leave: (exitCode) => process.exit(exitCode),
});
