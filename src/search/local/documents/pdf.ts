import { cleanLine } from "../../clean-text.ts";
import { CharacterMaps } from "./character-maps.ts";
import type { Block, ParsedBlocks } from "./document.ts";
import { pageText, type TextItem } from "./pdf-page.ts";

/** What programs write as title that were given none. */
const NO_TITLE =
  /^(?:\(?untitled\)?|\(?anonymous\)?|\(?unspecified\)?|unbenannt|sans titre|sin título|no title|none|null|title|document\d*|无标题|名称未設定)(?:[ -]?\d+)?$|^microsoft (?:word|powerpoint|excel) - |\.(?:docx?|pptx?|xlsx?|odt|tex|dvi|indd|qxd|pdf|rtf|html?|txt)$/iu;

/**
 * Text of a PDF, page by page. Rejects for a file that is broken, locked by a password, or a scan without text. The PDF
 * library is loaded with the first PDF.
 */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedBlocks> {
  const { getDocumentProxy, getMeta } = await import("unpdf");
  const pdf = await getDocumentProxy(Uint8Array.from(bytes), {
    verbosity: 0,
    BinaryDataFactory: CharacterMaps,
    useWorkerFetch: false,
    cMapUrl: "cmaps/",
    cMapPacked: true,
  });
  try {
    const blocks: Block[] = [];
    for (let page = 1; page <= pdf.numPages; page++) {
      const { items } = await (await pdf.getPage(page)).getTextContent();
      const text = pageText(items.flatMap((item): TextItem[] => ("str" in item ? [toItem(item)] : [])));
      if (text !== "") blocks.push({ page, text });
    }
    if (blocks.length === 0) {
      const pages = pdf.numPages === 1 ? "its page is a picture" : `its ${pdf.numPages} pages are pictures`;
      throw new Error(
        `it holds no text: it seems to be a scan (${pages}); run it through a text recognition (OCR)`,
      );
    }
    const { info } = await getMeta(pdf);
    const title: unknown = info["Title"];
    return { title: typeof title === "string" ? readTitle(title) : undefined, blocks };
  } finally {
    await pdf.destroy();
  }
}

function readTitle(title: string): string | undefined {
  const line = cleanLine(title);
  return line === "" || NO_TITLE.test(line) || /[\uFFFD]/u.test(line) ? undefined : line;
}

interface PdfItem {
  readonly str: string;
  readonly transform: readonly unknown[];
  readonly width: number;
  readonly height: number;
  readonly hasEOL: boolean;
}

function toItem({ str, transform, width, height, hasEOL }: PdfItem): TextItem {
  return { text: str, x: Number(transform[4]), y: Number(transform[5]), width, height, endsLine: hasEOL };
}
