import { cwd, env, exit, stderr } from "node:process";
import type { Hono } from "hono";
import { AgenticRagError } from "../errors.ts";
import { createServerApp } from "./app.ts";
import type { GuardedVariables } from "./guard.ts";
import { refuseTornState } from "./state-files.ts";

/**
 * The app for this process. Where the state of `langgraphjs dev` is torn, the process ends at once: going on, or merely
 * failing, it would write an empty state over it.
 */
export function enterServer({
  guarded,
}: {
  readonly guarded: boolean;
}): Hono<{ Variables: GuardedVariables }> {
  try {
    refuseTornState(cwd());
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    stderr.write(`${error.message}\n`);
    exit(1);
  }
  return createServerApp({
    environment: env,
    guarded,
    onFailure: ({ code, message }) => stderr.write(`${code}: ${message}\n`),
  });
}
