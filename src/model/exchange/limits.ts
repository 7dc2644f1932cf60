import { startDeadline, type Deadline } from "../../net/deadline.ts";
import type { SilenceWatch } from "../../net/event-stream.ts";
import type { RequestTarget } from "./http-failure.ts";

/** How long a continuation may take, and how often it is asked for. */
export interface RequestLimits {
  /** The longest silence inside a reply, in milliseconds. @default 60_000 */
  readonly idleTimeoutMs?: number;
  /** The longest wait for a reply to begin, in milliseconds. @default 120_000 */
  readonly headersTimeoutMs?: number;
  /** The longest time for a continuation with all its tries, in milliseconds. @default 600_000 */
  readonly totalTimeoutMs?: number;
  /** How often a request is sent again while nothing of a reply was seen. @default 2 */
  readonly maxRetries?: number;
}

export const DEFAULT_LIMITS: Required<RequestLimits> = {
  idleTimeoutMs: 60_000,
  headersTimeoutMs: 120_000,
  totalTimeoutMs: 600_000,
  maxRetries: 2,
};

/** A deadline for a continuation with all its tries. */
export function limitTotal(
  caller: AbortSignal | undefined,
  { baseUrl }: RequestTarget,
  { totalTimeoutMs = DEFAULT_LIMITS.totalTimeoutMs }: RequestLimits,
): Deadline {
  const deadline = startDeadline(caller);
  deadline.limit(
    totalTimeoutMs,
    `The model server at ${baseUrl} was not done within ${totalTimeoutMs} ms. ` +
      "Raise the total timeout, or lower maxTokens.",
  );
  return deadline;
}

/** Counts the wait for one reply to begin, and the silences inside it. */
export function watchReply(
  deadline: Deadline,
  { baseUrl }: RequestTarget,
  {
    headersTimeoutMs = DEFAULT_LIMITS.headersTimeoutMs,
    idleTimeoutMs = DEFAULT_LIMITS.idleTimeoutMs,
  }: RequestLimits,
): { readonly beginning: SilenceWatch; readonly silence: SilenceWatch } {
  return {
    beginning: deadline.silence(
      headersTimeoutMs,
      `The model server at ${baseUrl} did not begin to reply within ${headersTimeoutMs} ms. ` +
        "Check whether it is overloaded, or raise the headers timeout.",
    ),
    silence: deadline.silence(
      idleTimeoutMs,
      `The model server at ${baseUrl} fell silent for ${idleTimeoutMs} ms within its reply. ` +
        "Ask again, or raise the idle timeout.",
    ),
  };
}
