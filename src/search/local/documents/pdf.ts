import { cleanLine } from "../../clean-text.ts";
import type { ParsedFile } from "./document.ts";

/**
 * Text of a PDF, page by page. Rejects for a file that is broken or locked by a password. The PDF library is loaded
 * with the first PDF.
 */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedFile> {
  const { extractText, getDocumentProxy, getMeta } = await import("unpdf");
  const pdf = await getDocumentProxy(Uint8Array.from(bytes), { verbosity: 0 });
  try {
    const { text } = await extractText(pdf, { mergePages: false });
    const { info } = await getMeta(pdf);
    const title: unknown = info["Title"];
    return {
      title: typeof title === "string" ? cleanLine(title) || undefined : undefined,
      text: text.join("\n\n"),
    };
  } finally {
    await pdf.destroy();
  }
}
