import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { RequestError, toResponse } from "./error-reply.ts";

/** Refuses a body of more bytes. */
export function limitBody(maxBytes: number): MiddlewareHandler {
  const message = `The body is larger than ${maxBytes} bytes.`;
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => toResponse({ status: 413, code: "body_too_large", message }),
  });
}

/**
 * The JSON of a request.
 *
 * @throws RequestError 400; 415 for one that is compressed.
 */
export async function readJson(request: Request): Promise<unknown> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    const message = "A body is read as it is: send it without compression and content-encoding.";
    throw new RequestError({ status: 415, code: "unsupported_encoding", message });
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await request.arrayBuffer()));
  } catch (cause) {
    const message = "The request is not JSON that can be read.";
    throw new RequestError({ status: 400, code: "invalid_json", message }, cause);
  }
}
