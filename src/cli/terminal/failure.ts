import { AgenticRagError } from "../../errors.ts";
import { EXIT_CODES, SIGNAL_EXIT_CODES } from "./exit-code.ts";
import { Interruption } from "./interruption.ts";
import { withoutKeys } from "./keys.ts";
import { writeWrapped } from "./line-wrapper.ts";
import { createPaint } from "./paint.ts";
import { printable, printableJson } from "./printable.ts";
import type { Surroundings } from "./surroundings.ts";

/** The command was written wrongly. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
}

/** What a person and a program are told of an error; never a key. */
export function explain(error: unknown, environment: Surroundings["environment"]): Failure {
  const { message, ...rest } = read(error);
  return { ...rest, message: printable(withoutKeys(message, environment)) };
}

export interface ReportOptions {
  /** The failure as a JSON object on stdout too, in one line: other lines may stand before it. */
  readonly json: boolean;
}

/** Tells of an error, and gives the code to end with. */
export function report(
  error: unknown,
  { environment, stdout, stderr }: Pick<Surroundings, "environment" | "stdout" | "stderr">,
  { json }: ReportOptions,
): number {
  const { code, message, exitCode } = explain(error, environment);
  if (json) stdout.write(`${printableJson({ error: { code, message } }, 0)}\n`);
  if (createPaint(stderr, { environment, noColor: false }).isColorSupported) writeWrapped(stderr, message);
  else stderr.write(`${message}\n`);
  const debug = environment["AGENTIC_RAG_DEBUG"];
  if (debug !== undefined && debug !== "" && error instanceof Error) {
    stderr.write(`${printable(withoutKeys(error.stack ?? "", environment))}\n`);
  }
  return exitCode;
}

function read(error: unknown): Failure {
  if (error instanceof UsageError) {
    return { code: "usage", message: error.message, exitCode: EXIT_CODES.usage };
  }
  if (error instanceof Interruption) {
    return { code: "interrupted", message: error.message, exitCode: SIGNAL_EXIT_CODES[error.signalName] };
  }
  if (AgenticRagError.isInstance(error)) {
    const usage = error.code === "settings-invalid" || error.code === "documents-unreadable";
    return {
      code: error.code,
      message: error.message,
      exitCode: usage ? EXIT_CODES.usage : EXIT_CODES.failed,
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: "unexpected",
    message: `Something went wrong that should not: ${reason}\nSet AGENTIC_RAG_DEBUG=1 to see where.`,
    exitCode: EXIT_CODES.failed,
  };
}
