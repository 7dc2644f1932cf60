import type { ParsedBlocks } from "../document.ts";
import { createWriting } from "./writing.ts";
import { firstText, readXml } from "./xml.ts";
import { openZip } from "./zip.ts";

/** Neither what was deleted nor what is written beside the text. */
const SKIPPED = new Set(["tracked-changes", "annotation", "ruby-text", "sequence-decls", "table-of-content"]);

/** A text of LibreOffice: headings, paragraphs, lists, tables, notes. */
export async function parseOdt(bytes: Uint8Array): Promise<ParsedBlocks> {
  const zip = await openZip(bytes);
  const content = await zip.read("content.xml");
  if (zip.names.includes("META-INF/manifest.xml")) {
    const manifest = (await zip.read("META-INF/manifest.xml")).toString();
    if (manifest.includes("encryption-data")) throw new Error("it is locked by a password");
  }
  const writing = createWriting();
  const open: { text: string; readonly level?: number }[] = [];
  let lists = 0;
  let skipped = 0;
  const append = (text: string): void => {
    const paragraph = open.at(-1);
    if (paragraph !== undefined && skipped === 0) paragraph.text += text;
  };
  readXml(content, {
    open(name, attributes) {
      if (SKIPPED.has(name)) skipped++;
      else if (name === "h") open.push({ text: "", level: Number(attributes["outline-level"] ?? 1) || 1 });
      else if (name === "p") open.push({ text: "" });
      else if (name === "list") lists++;
      else if (name === "table") writing.openTable();
      else if (name === "table-row") writing.openRow();
      else if (name === "table-cell") writing.openCell();
      else if (name === "tab" || name === "s") append(" ");
      else if (name === "line-break") append("\n");
    },
    text(text) {
      append(text.replace(/\s+/gu, " "));
    },
    close(name) {
      if (SKIPPED.has(name)) skipped--;
      else if (name === "list") lists--;
      else if (name === "table") writing.closeTable();
      else if (name === "h" || name === "p") {
        const { text, level } = open.pop() ?? { text: "" };
        writing.add(text, { level, isItem: lists > 0 });
      }
    },
  });
  const blocks = writing.blocks();
  const title = zip.names.includes("meta.xml") ? firstText(await zip.read("meta.xml"), "title") : undefined;
  return { title: title ?? blocks.find(({ level }) => level !== undefined)?.text, blocks };
}
