import type { ParsedFile } from "./document.ts";

export function parsePlainText(bytes: Uint8Array): ParsedFile {
  return { text: decodeText(bytes) };
}

/** UTF-8, or UTF-16 where a byte order mark says so. Bytes that are neither become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
}
