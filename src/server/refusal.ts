/** Why a request is not let in, for whoever sent it: no key, path of a file, address of the operator or stack. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 413 | 414 | 415 | 421;
  readonly code: string;
  readonly message: string;
}

/** The reply that tells a refusal, in a form that clients of LangGraph and of OpenAI's API show. */
export function toReply({ status, code, message }: Refusal): Response {
  const type = status === 401 ? "authentication_error" : "invalid_request_error";
  return Response.json(
    { error: { message, type, param: null, code } },
    { status, headers: status === 401 ? { "www-authenticate": "Bearer" } : {} },
  );
}
