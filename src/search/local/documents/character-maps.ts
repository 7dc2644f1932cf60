import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openZip, type Zip } from "./office/zip.ts";

/**
 * The predefined character maps of PDF (Adobe's, from pdfjs-dist, with their licence in the file). A folder in
 * `new URL(…, import.meta.url)` would stop bundlers.
 */
const FILE = join(dirname(fileURLToPath(import.meta.url)), "cmaps.zip");

let opened: Promise<Zip> | undefined;

/** What the PDF library asks for the tables that fonts of Chinese, Japanese and Korean name but do not hold. */
export class CharacterMaps {
  async fetch({ filename }: { readonly filename: string }): Promise<Uint8Array> {
    opened ??= readFile(FILE).then(openZip);
    return Uint8Array.from(await (await opened).read(filename));
  }
}
