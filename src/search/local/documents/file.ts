import { posix } from "node:path";
import { cleanText } from "../../clean-text.ts";
import type { ParsedFile } from "./document.ts";
import { parseHtml } from "./html.ts";
import { parseMarkdown } from "./markdown.ts";
import { parsePdf } from "./pdf.ts";
import { parsePlainText } from "./plain-text.ts";

type Parser = (bytes: Uint8Array) => ParsedFile | Promise<ParsedFile>;

const PARSERS = new Map<string, Parser>([
  [".md", parseMarkdown],
  [".markdown", parseMarkdown],
  [".txt", parsePlainText],
  [".html", parseHtml],
  [".htm", parseHtml],
  [".pdf", parsePdf],
]);

/** True for a file name whose ending is one that can be read. */
export function isReadable(path: string): boolean {
  return PARSERS.has(ending(path));
}

/** Reads a file by the ending of its name; the title is the name where the file has none. Rejects for a broken one. */
export async function parseFile(path: string, bytes: Uint8Array): Promise<ParsedFile & { title: string }> {
  const parsed = await PARSERS.get(ending(path))?.(bytes);
  if (parsed === undefined) throw new Error("files of this kind are not read");
  const title = parsed.title ?? posix.basename(path, posix.extname(path));
  return { ...parsed, title, text: cleanText(parsed.text).trim() };
}

function ending(path: string): string {
  return posix.extname(path).toLowerCase();
}
