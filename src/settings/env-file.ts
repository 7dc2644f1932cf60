import { parseEnv } from "node:util";
import { AgenticRagError } from "../errors.ts";

/** More than any file of settings has, in bytes. */
const MOST_BYTES = 1_000_000;

/**
 * The text of a file of settings: UTF-8 or UTF-16, with or without a byte order mark, as editors on Windows write it.
 * UTF-16 without a mark is refused, and so is what is no text.
 *
 * @throws AgenticRagError `settings-invalid`
 */
export function decodeEnv(bytes: Uint8Array, path: string): string {
  if (bytes.length > MOST_BYTES) throw unreadable(path, `has more than ${MOST_BYTES} bytes`);
  const text = decoded(bytes);
  if (text === undefined || text.includes("\0")) throw unreadable(path, "is not UTF-8 text");
  return text;
}

/** What such a text sets, by name. */
export function parseVariables(text: string): Readonly<Record<string, string>> {
  const entries = Object.entries(parseEnv(text.replaceAll(/\r\n?/g, "\n")));
  return Object.fromEntries(entries.map(([name, value]) => [name.trim(), value ?? ""]));
}

function decoded(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    // a byte order mark is left out
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, why: string): AgenticRagError {
  return new AgenticRagError(
    "settings-invalid",
    `The file ${path} ${why}. Save it again as UTF-8, or remove it.`,
  );
}
