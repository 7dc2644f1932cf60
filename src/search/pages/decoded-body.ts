import { Readable } from "node:stream";
import { decode } from "../../net/content-codings.ts";

/** The beginning of a body, and whether there is more. */
export interface DecodedBody {
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
}

/**
 * Reads a body and takes its content codings off as it comes, at most `maxBytes` before and after: what a bomb would
 * unfold to is never there. The body is destroyed in any case. A compressed body that ends early is read as far as it
 * goes.
 *
 * @throws CodingError, or what a stream failed with.
 */
export async function readDecodedBody(
  body: Readable,
  contentEncoding: string,
  maxBytes: number,
): Promise<DecodedBody> {
  body.on("error", () => undefined);
  try {
    const limit = { isCut: false };
    const raw = Readable.from(take(body, maxBytes, limit), { objectMode: false });
    const decoded = decode(raw, contentEncoding);
    const chunks: Uint8Array[] = [];
    for await (const chunk of take(decoded, maxBytes, limit)) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), isCut: limit.isCut };
  } finally {
    body.destroy();
  }
}

async function* take(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  limit: { isCut: boolean },
): AsyncGenerator<Uint8Array> {
  let rest = maxBytes;
  for await (const chunk of source) {
    if (chunk.length > rest) {
      limit.isCut = true;
      yield chunk.subarray(0, rest);
      return;
    }
    rest -= chunk.length;
    yield chunk;
  }
}
