import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** Compresses a text. What it repeats, such as a page in a transcript and in its sources, costs next to nothing. */
export function pack(text: string): Buffer {
  const bytes = Buffer.from(text);
  return brotliCompressSync(bytes, {
    // what it allocates for what comes out, 16 kB unless told
    chunkSize: Math.min(Math.max(bytes.length, 64), 16_384),
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

/** @throws Error for what `pack` did not make. */
export function unpack(bytes: Uint8Array): string {
  return brotliDecompressSync(bytes).toString("utf8");
}
