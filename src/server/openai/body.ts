import { Problem } from "./problem.ts";

/**
 * The JSON of a request, read no further than `maxBytes`. Only `application/json` is taken: a page in a browser cannot
 * send that to another site without asking first.
 *
 * @throws Problem 400, 413, 415.
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  if (!/^application\/(?:[\w.+-]+\+)?json$/i.test(type.trim())) {
    throw new Problem(415, "unsupported_media_type", "Send the request as application/json.");
  }
  const tooLarge = new Problem(
    413,
    "request_too_large",
    `The request is larger than the ${maxBytes} bytes that are read. Send fewer or shorter messages.`,
  );
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  try {
    for await (const bytes of chunksOf(request)) {
      size += bytes.length;
      if (size > maxBytes) throw tooLarge;
      text += decoder.decode(bytes, { stream: true });
    }
    return JSON.parse(text + decoder.decode());
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(400, "invalid_json", "The request is not JSON that can be read.", { cause });
  }
}

async function* chunksOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
