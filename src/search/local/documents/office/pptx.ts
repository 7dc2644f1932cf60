import type { Block, ParsedBlocks } from "../document.ts";
import { readOfficeTitle } from "./docx.ts";
import { createWriting } from "./writing.ts";
import { readXml } from "./xml.ts";
import { openZip, type Zip } from "./zip.ts";
import { relatedParts } from "./related-parts.ts";

/** Slides in their order, each a page, with its title as heading and its notes behind it. */
export async function parsePptx(bytes: Uint8Array): Promise<ParsedBlocks> {
  const zip = await openZip(bytes);
  const blocks: Block[] = [];
  for (const [index, { part: slide }] of (
    await relatedParts(zip, "ppt/presentation.xml", "sldId")
  ).entries()) {
    for (const block of readSlide(await zip.read(slide))) blocks.push({ ...block, page: index + 1 });
    for (const text of await readNotes(zip, slide)) blocks.push({ text, page: index + 1 });
  }
  const first = blocks.find(({ level }) => level !== undefined)?.text;
  return { title: (await readOfficeTitle(zip)) ?? first, blocks };
}

async function readNotes(zip: Zip, slide: string): Promise<string[]> {
  const name = slide.replace(/slides\/slide(\d+)\.xml$/u, "slides/_rels/slide$1.xml.rels");
  if (!zip.names.includes(name)) return [];
  const target = /Target="\.\.\/(notesSlides\/[^"]+)"/u.exec((await zip.read(name)).toString())?.[1];
  if (target === undefined || !zip.names.includes(`ppt/${target}`)) return [];
  return readSlide(await zip.read(`ppt/${target}`)).map(({ text }) => text);
}

/** Placeholders that say the same on each slide. */
const REPEATED = new Set(["sldNum", "dt", "ftr", "hdr", "sldImg"]);

function readSlide(bytes: Uint8Array): readonly Block[] {
  const writing = createWriting();
  let shape = "";
  let text = "";
  let isText = false;
  readXml(bytes, {
    open(name, { type }) {
      if (name === "sp") shape = "";
      else if (name === "ph") shape = type ?? "body";
      else if (name === "tbl") writing.openTable();
      else if (name === "tr") writing.openRow();
      else if (name === "tc") writing.openCell();
      else if (name === "p") text = "";
      else if (name === "t") isText = true;
      else if (name === "br") text += "\n";
    },
    text(part) {
      if (isText) text += part;
    },
    close(name) {
      if (name === "t") isText = false;
      else if (name === "tbl") writing.closeTable();
      else if (name === "p" && !REPEATED.has(shape)) {
        const isTitle = shape === "title" || shape === "ctrTitle";
        writing.add(text, { level: isTitle ? 1 : undefined, isItem: shape === "body" });
        text = "";
      }
    },
  });
  return writing.blocks();
}
