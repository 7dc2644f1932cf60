import { type Duplex, pipeline, Readable } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

const MAX_CODINGS = 5;

/** A content coding that is not known, or too many of them. */
export class CodingError extends Error {
  override readonly name = "CodingError";
}

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
    const decoders = readCodings(contentEncoding).map(createDecoder);
    const limit = { isCut: false };
    const raw = Readable.from(take(body, maxBytes, limit), { objectMode: false });
    const decoded = decoders.reduce<Readable>((from, to) => pipeline(from, to, () => undefined), raw);
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

/** The codings in the order in which they come off. */
function readCodings(contentEncoding: string): string[] {
  const codings = contentEncoding
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length > MAX_CODINGS) throw new CodingError(`more than ${MAX_CODINGS} content codings`);
  return codings.reverse();
}

function createDecoder(coding: string): Duplex {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = constants;
  if (coding === "gzip" || coding === "x-gzip") return createGunzip({ finishFlush: Z_SYNC_FLUSH });
  if (coding === "deflate") return createInflate({ finishFlush: Z_SYNC_FLUSH });
  if (coding === "br") return createBrotliDecompress({ finishFlush: BROTLI_OPERATION_FLUSH });
  throw new CodingError("a content coding that is not known");
}
