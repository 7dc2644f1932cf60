/**
 * An error as whoever sent the request is told it. Holds no key, path of a file, address of the operator or stack, and
 * not the words of another server.
 */
export interface ErrorReply {
  readonly status: 400 | 401 | 403 | 404 | 413 | 414 | 415 | 421 | 429 | 500 | 502 | 503 | 504;
  readonly code: string;
  readonly message: string;
  /** The field of the request that is wrong, such as `messages[0].content`. */
  readonly param?: string;
  /** How long a client should wait before it asks again, in seconds. */
  readonly retryAfterSeconds?: number;
  /** False tells clients not to send the request again by themselves. Default: they decide. */
  readonly retry?: boolean;
}

/** An error reply that is thrown. Its cause, where there is one, is for whoever runs the server. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly reply: ErrorReply;

  constructor(reply: ErrorReply, cause?: unknown) {
    super(reply.message, cause === undefined ? undefined : { cause });
    this.reply = reply;
  }
}

/** A failure for whoever runs the agent: its message may name addresses that no client is told. */
export interface ReportedFailure {
  readonly code: string;
  readonly message: string;
}

/** The body of the reply, in a form that clients of LangGraph and of OpenAI's API show. */
export function errorBody({ status, code, message, param }: ErrorReply) {
  return { error: { message, type: typeOf(status), param: param ?? null, code } };
}

export function toResponse(reply: ErrorReply): Response {
  const { status, retryAfterSeconds, retry } = reply;
  return Response.json(errorBody(reply), {
    status,
    headers: {
      ...(status === 401 && { "www-authenticate": "Bearer" }),
      ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
      ...(retry === false && { "x-should-retry": "false" }),
    },
  });
}

function typeOf(status: ErrorReply["status"]): string {
  if (status === 401) return "authentication_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}
