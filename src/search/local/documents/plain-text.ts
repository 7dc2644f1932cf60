import { decodeBytes } from "../../../text/encoding.ts";
import type { ParsedBlocks } from "./document.ts";

export function parsePlainText(bytes: Uint8Array): ParsedBlocks {
  const { text, problem } = decodeText(bytes);
  return { blocks: [{ text }], problem };
}

/**
 * Text of a file, in whatever encoding it is. Single characters that are broken become U+FFFD, and are a `problem`.
 *
 * @throws Error where it is no text, or in an encoding that cannot be told.
 */
export function decodeText(bytes: Uint8Array): { readonly text: string; readonly problem?: string } {
  const decoded = decodeBytes(bytes);
  if (decoded === undefined) {
    throw new Error(
      bytes.includes(0)
        ? "it is no text, although its name says so"
        : "its encoding cannot be told; save it as UTF-8",
    );
  }
  const { text, encoding, broken } = decoded;
  if (broken === 0) return { text };
  const many = broken === 1 ? "one character of it is" : `${broken} characters of it are`;
  return { text, problem: `${many} not ${encoding.toUpperCase()}; the rest is indexed` };
}
