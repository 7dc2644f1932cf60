import { startDeadline, type Deadline } from "../../net/deadline.ts";
import type { SilenceWatch } from "../../net/event-stream.ts";
import { isLoopback } from "../../net/loopback.ts";
import type { RequestTarget } from "./http-failure.ts";

/** How long a continuation may take, and how often it is asked for. */
export interface RequestLimits {
  /** The longest silence inside a reply, in milliseconds. @default 60_000 */
  readonly idleTimeoutMs?: number;
  /**
   * The longest wait for the first word of a reply, in milliseconds: the model may have to be loaded and the prompt to be
   * read before it. @default 600_000 where the server is on this machine, else 120_000
   */
  readonly headersTimeoutMs?: number;
  /**
   * The longest time for a continuation with all its tries, in milliseconds. @default 1_800_000 where the server is on this
   * machine, else 600_000
   */
  readonly totalTimeoutMs?: number;
  /** How often a request is sent again while nothing of a reply was seen. @default 2 */
  readonly maxRetries?: number;
}

export const DEFAULT_RETRIES = 2;

/** In milliseconds. Models on this machine run on processors as often as not. */
export function defaultLimits(baseUrl: string): Required<Omit<RequestLimits, "maxRetries">> {
  return isLoopback(baseUrl)
    ? { idleTimeoutMs: 60_000, headersTimeoutMs: 600_000, totalTimeoutMs: 1_800_000 }
    : { idleTimeoutMs: 60_000, headersTimeoutMs: 120_000, totalTimeoutMs: 600_000 };
}

/** A deadline for a continuation with all its tries. */
export function limitTotal(
  caller: AbortSignal | undefined,
  { baseUrl }: RequestTarget,
  { totalTimeoutMs = defaultLimits(baseUrl).totalTimeoutMs }: RequestLimits,
): Deadline {
  const deadline = startDeadline(caller);
  deadline.limit(
    totalTimeoutMs,
    `The model server at ${baseUrl} was not done within ${totalTimeoutMs} ms. ` +
      "Raise the total timeout (AGENTIC_RAG_MODEL_TOTAL_SECONDS), or lower maxTokens.",
  );
  return deadline;
}

/** Counts the wait for the first word of one reply, from now on, and then the silences inside it. */
export function watchReply(
  deadline: Deadline,
  { baseUrl }: RequestTarget,
  limits: RequestLimits,
): SilenceWatch {
  const { headersTimeoutMs, idleTimeoutMs } = { ...defaultLimits(baseUrl), ...given(limits) };
  const beginning = deadline.silence(
    headersTimeoutMs,
    `The model server at ${baseUrl} did not begin to reply within ${headersTimeoutMs} ms. ` +
      "Check whether it is overloaded or still loading, or raise the headers timeout (AGENTIC_RAG_MODEL_WAIT_SECONDS).",
  );
  const silence = deadline.silence(
    idleTimeoutMs,
    `The model server at ${baseUrl} fell silent for ${idleTimeoutMs} ms within its reply. ` +
      "Ask again, or raise the idle timeout (AGENTIC_RAG_MODEL_IDLE_SECONDS).",
  );
  let watch = beginning;
  return {
    wait: () => watch.wait(),
    heard() {
      watch.heard();
      watch = silence;
    },
  };
}

function given({ headersTimeoutMs, idleTimeoutMs }: RequestLimits) {
  return {
    ...(headersTimeoutMs !== undefined && { headersTimeoutMs }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
  };
}
