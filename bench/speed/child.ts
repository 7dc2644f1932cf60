import { fork } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";
import { bundleProgram } from "../../test/bundle.ts";
import { countOwn } from "./others.ts";

/** How long a child may take to be ready, and for each answer. */
const PATIENCE_MS = 300_000;
const repliedSchema = z.looseObject({ processMs: z.number(), failed: z.string().optional() });

/** A program in a process of its own, which is asked one thing at a time. */
export interface Child<Ready> extends AsyncDisposable {
  readonly ready: Ready;
  /** @throws what the program threw, and an error when it ended or took too long. */
  ask<Reply>(message: object, schema: z.ZodType<Reply>): Promise<Reply>;
}

/** Bundles a program, so that Node.js runs it without a compiler, and starts it. It ends by its own id, at the latest with us. */
export async function startChild<Ready>(
  program: URL,
  schema: z.ZodType<Ready>,
  {
    args = [],
    nodeArgs = [],
  }: { readonly args?: readonly string[]; readonly nodeArgs?: readonly string[] } = {},
): Promise<Child<Ready>> {
  const path = await bundleProgram(program);
  const child = fork(path, args, { execArgv: [...nodeArgs], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  let counted = 0;

  async function next<Reply>(reply: z.ZodType<Reply>): Promise<Reply> {
    const over = new AbortController();
    const tooLong = setTimeout(() => {
      over.abort(new Error(`${program.pathname} took longer than ${PATIENCE_MS / 1000} seconds`));
    }, PATIENCE_MS);
    const ended = once(child, "exit", { signal: over.signal }).then(([code]: unknown[]) => {
      throw new Error(`${program.pathname} ended with ${String(code)}`);
    });
    try {
      const message: unknown = await Promise.race([
        once(child, "message", { signal: over.signal }).then(first),
        ended,
      ]);
      const { processMs, failed } = repliedSchema.parse(message);
      countOwn(processMs - counted);
      counted = processMs;
      if (failed !== undefined) throw new Error(`${program.pathname}: ${failed}`);
      return reply.parse(message);
    } catch (error) {
      throw over.signal.aborted ? over.signal.reason : error;
    } finally {
      clearTimeout(tooLong);
      ended.catch(() => undefined);
      over.abort();
    }
  }

  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  try {
    const ready = await next(schema);
    return {
      ready,
      ask(message, reply) {
        const replied = next(reply);
        child.send(message);
        return replied;
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function first([message]: unknown[]): unknown {
  return message;
}
