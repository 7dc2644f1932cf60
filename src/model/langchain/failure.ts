import { z } from "zod";
import { AgenticRagError } from "../../errors.ts";
import {
  type RequestTarget,
  connectionFailure,
  reportedFailure,
  statusFailure,
  truncated,
} from "../exchange/http-failure.ts";
import { readRetryAfter } from "../../net/retry-after.ts";

const MAX_CAUSES = 5;

const failureSchema = z.object({
  name: z.string().optional(),
  message: z.string().optional(),
  status: z.number().optional(),
  statusCode: z.number().optional(),
  response: z.object({ status: z.number() }).optional(),
  code: z.union([z.string(), z.number()]).nullish(),
  headers: z.unknown().optional(),
  error: z.unknown().optional(),
});

type Failure = z.infer<typeof failureSchema>;

/**
 * What a LangChain chat model threw, as an error of this package. Nothing of the original goes along but its message,
 * cleaned: it may hold the key and the prompt.
 *
 * @param seen whether something of the reply had come.
 */
export function langchainFailure(target: RequestTarget, error: unknown, seen: boolean): AgenticRagError {
  if (AgenticRagError.isInstance(error)) return error;
  const failures = causes(error);
  const [failure = {}] = failures;
  const { name = "", status: given, statusCode, response } = failure;
  const message = (failure.message ?? "").split("\n\nTroubleshooting URL:")[0] ?? "";
  const status = given ?? statusCode ?? response?.status;
  if (name === "ContextOverflowError") return statusFailure(target, 400, `context length: ${message}`);
  if (status !== undefined && status >= 300) {
    return statusFailure(target, status, withoutStatus(message, status), retryAfter(failure));
  }
  if (/timeout/i.test(name) || /^request timed out/i.test(message)) {
    return new AgenticRagError(
      "model-timeout",
      `The model server at ${target.baseUrl} did not reply in time. Check whether it is overloaded, or raise its timeout.`,
    );
  }
  if (failure.error != null) return reportedFailure(target, reported(failure.error));
  if (error instanceof SyntaxError && !/unexpected end|unterminated/i.test(message)) {
    return new AgenticRagError(
      "model-bad-reply",
      `The model server at ${target.baseUrl} sent what is not JSON. Check that its address is a chat completions endpoint.`,
    );
  }
  const code = failures.map((one) => one.code).find((one) => typeof one === "string");
  if (seen || error instanceof SyntaxError) return truncated(target);
  if (code !== undefined || /connection|fetch failed|network|terminated/i.test(`${name} ${message}`)) {
    return connectionFailure(
      target,
      code === undefined ? new Error(message) : Object.assign(new Error(code), { code }),
    );
  }
  // what a chat model refuses to send at all
  if (/is not supported (?:for|when)\b/.test(message)) return statusFailure(target, 400, message);
  return reportedFailure(target, { message });
}

const eventSchema = z.object({ error: z.looseObject({ type: z.string() }) });

/** What is wrong, out of an event of Anthropic's that says so. */
function reported(error: unknown): unknown {
  const read = eventSchema.safeParse(error);
  if (!read.success) return error;
  const { type } = read.data.error;
  return type === "overloaded_error" ? { ...read.data.error, code: 529 } : read.data.error;
}

/** The error and what caused it, nearest first. */
function causes(error: unknown): readonly Failure[] {
  const found: Failure[] = [];
  for (let at = error; at instanceof Error && found.length < MAX_CAUSES; at = at.cause) {
    const read = failureSchema.safeParse(at);
    found.push(read.success ? read.data : { name: at.name, message: at.message });
  }
  return found;
}

/** Clients put the status in front of the message; it is told anyway. */
function withoutStatus(message: string, status: number): string {
  return message.startsWith(`${status} `) ? message.slice(`${status} `.length) : message;
}

function retryAfter({ headers }: Failure): number | undefined {
  return headers instanceof Headers ? readRetryAfter(headers, Date.now()) : undefined;
}
