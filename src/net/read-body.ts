import type { Reply } from "./send.ts";

/** The text of a body, and whether that is all of it. */
export interface BodyText {
  readonly text: string;
  /** False: the body was longer than the limit; the connection was closed there. */
  readonly complete: boolean;
}

/**
 * The body of a response as UTF-8 text, up to a limit in bytes after decompression.
 *
 * @throws whatever reading the body throws
 */
export async function readBody(response: Pick<Reply, "body">, maxBytes: number): Promise<BodyText> {
  const parts: string[] = [];
  const complete = await readInto(parts, response, maxBytes);
  return { text: parts.join(""), complete };
}

/** The beginning of the body of a failed request, as far as it comes: its status alone says enough. */
export async function readBodyStart(response: Pick<Reply, "body">, maxBytes: number): Promise<string> {
  const parts: string[] = [];
  await readInto(parts, response, maxBytes).catch(() => {});
  return parts.join("");
}

async function readInto(parts: string[], response: Pick<Reply, "body">, maxBytes: number): Promise<boolean> {
  const decoder = new TextDecoder();
  let left = maxBytes;
  for await (const chunk of response.body ?? []) {
    parts.push(decoder.decode(chunk.subarray(0, left), { stream: true }));
    if (chunk.byteLength > left) return false;
    left -= chunk.byteLength;
  }
  parts.push(decoder.decode());
  return true;
}
