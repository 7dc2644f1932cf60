import type { Block, ParsedBlocks } from "../document.ts";
import { createWriting } from "./writing.ts";
import { firstText, readXml } from "./xml.ts";
import { openZip, type Zip } from "./zip.ts";

/** What is deleted, what is a formula of a field, and what stands for older programs is not read. */
const SKIPPED = new Set(["del", "moveFrom", "instrText", "Fallback", "delText"]);
const OFF = new Set(["0", "false", "off", "none"]);

interface Paragraph {
  text: string;
  style?: string;
  level?: number;
  isItem?: boolean;
}

/** A text of Word: headings, paragraphs, lists, tables, notes; without hidden and deleted text. */
export async function parseDocx(bytes: Uint8Array): Promise<ParsedBlocks> {
  const zip = await openZip(bytes);
  const styles = zip.names.includes("word/styles.xml")
    ? readStyles(await zip.read("word/styles.xml"))
    : new Map<string, number>();
  const blocks = [...readParagraphs(await zip.read("word/document.xml"), styles)];
  for (const name of ["word/footnotes.xml", "word/endnotes.xml", "word/comments.xml"]) {
    if (!zip.names.includes(name)) continue;
    for (const block of readParagraphs(await zip.read(name), styles)) blocks.push(block);
  }
  return {
    title: (await readOfficeTitle(zip)) ?? blocks.find(({ level }) => level !== undefined)?.text,
    blocks,
  };
}

/** The title in the properties of an Office file. */
export async function readOfficeTitle(zip: Zip): Promise<string | undefined> {
  if (!zip.names.includes("docProps/core.xml")) return undefined;
  return firstText(await zip.read("docProps/core.xml"), "title");
}

/** The level of each style that is one of headings, whatever language it is called in. */
function readStyles(bytes: Uint8Array): Map<string, number> {
  const levels = new Map<string, number>();
  let style = "";
  readXml(bytes, {
    open(name, { styleId, val = "" }) {
      if (name === "style") style = styleId ?? "";
      else if (name === "outlineLvl" && Number(val) < 9) levels.set(style, Number(val) + 1);
      else if (name === "name") {
        const heading = /^heading (\d)$/iu.exec(val)?.[1] ?? (/^title$/iu.test(val) ? "1" : undefined);
        if (heading !== undefined) levels.set(style, Number(heading));
      }
    },
  });
  return levels;
}

function readParagraphs(bytes: Uint8Array, styles: ReadonlyMap<string, number>): readonly Block[] {
  const writing = createWriting();
  const open: Paragraph[] = [];
  let skipped = 0;
  let isHidden = false;
  let isText = false;
  const append = (text: string): void => {
    const paragraph = open.at(-1);
    if (paragraph !== undefined && skipped === 0 && !isHidden) paragraph.text += text;
  };
  readXml(bytes, {
    open(name, { val }) {
      if (SKIPPED.has(name)) skipped++;
      const paragraph = open.at(-1);
      if (name === "p") open.push({ text: "" });
      else if (name === "tbl") writing.openTable();
      else if (name === "tr") writing.openRow();
      else if (name === "tc") writing.openCell();
      else if (name === "r") isHidden = false;
      else if (name === "vanish") isHidden = !OFF.has(val ?? "");
      else if (name === "t") isText = true;
      else if (name === "tab") append(" ");
      else if (name === "br" || name === "cr") append("\n");
      else if (name === "noBreakHyphen") append("-");
      else if (paragraph === undefined) return;
      else if (name === "pStyle" && val !== undefined) paragraph.style = val;
      else if (name === "outlineLvl" && Number(val) < 9) paragraph.level = Number(val) + 1;
      else if (name === "numPr") paragraph.isItem = true;
    },
    text(text) {
      if (isText) append(text);
    },
    close(name) {
      if (SKIPPED.has(name)) skipped--;
      if (name === "t") isText = false;
      else if (name === "r") isHidden = false;
      else if (name === "tbl") writing.closeTable();
      else if (name === "p") {
        const { text, style = "", level, isItem } = open.pop() ?? { text: "" };
        writing.add(text, { level: level ?? styles.get(style) ?? headingOf(style), isItem });
      }
    },
  });
  return writing.blocks();
}

function headingOf(style: string): number | undefined {
  const number = /^heading(\d)$/iu.exec(style)?.[1];
  return number === undefined ? undefined : Number(number);
}
