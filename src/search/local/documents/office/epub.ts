import { posix } from "node:path";
import type { Block, ParsedBlocks } from "../document.ts";
import { parseHtml } from "../html.ts";
import { attributesOf, firstText } from "./xml.ts";
import { openZip } from "./zip.ts";

/** A book: its chapters in the order in which they are read. */
export async function parseEpub(bytes: Uint8Array): Promise<ParsedBlocks> {
  const zip = await openZip(bytes);
  if (zip.names.includes("META-INF/encryption.xml")) {
    const said = (await zip.read("META-INF/encryption.xml")).toString();
    if (/\.x?html?"/iu.test(said)) throw new Error("it is locked (DRM)");
  }
  const [container] = attributesOf(await zip.read("META-INF/container.xml"), "rootfile");
  const name = container?.["full-path"];
  if (name === undefined) throw new Error("it does not say where its contents are");
  const book = await zip.read(name);
  const chapters = new Map(
    attributesOf(book, "item").map(({ id = "", href = "" }) => [
      id,
      posix.join(posix.dirname(name), decode(href)),
    ]),
  );
  const blocks: Block[] = [];
  for (const { idref = "" } of attributesOf(book, "itemref")) {
    const chapter = chapters.get(idref);
    if (chapter === undefined || !zip.names.includes(chapter)) continue;
    for (const block of (await parseHtml(await zip.read(chapter))).blocks) blocks.push(block);
  }
  return { title: firstText(book, "title"), blocks };
}

function decode(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}
