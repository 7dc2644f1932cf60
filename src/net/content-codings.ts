import { type Duplex, pipeline, type Readable } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

const MAX_CODINGS = 5;
const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = constants;
// what has come is given at once; a body that ends early is read as far as it goes
const ZIP = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };
const BROTLI = { flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH };

/** A content coding that is not known, or too many of them. */
export class CodingError extends Error {
  override readonly name = "CodingError";
}

/**
 * A body with its content codings taken off as it comes. It ends when the body does, and fails with it.
 *
 * @throws CodingError
 */
export function decode(body: Readable, contentEncoding: string): Readable {
  return readCodings(contentEncoding)
    .map(createDecoder)
    .reduce<Readable>((from, to) => pipeline(from, to, () => undefined), body);
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
  if (coding === "gzip" || coding === "x-gzip") return createGunzip(ZIP);
  if (coding === "deflate") return createInflate(ZIP);
  if (coding === "br") return createBrotliDecompress(BROTLI);
  throw new CodingError("a content coding that is not known");
}
