import { z } from "zod";
import { cleanText } from "../clean-text.ts";
import { decodePage } from "./charset.ts";
import type { Content, ContentKind } from "./content-type.ts";
import { fitPassages } from "./fit-passages.ts";
import { textOf } from "../local/documents/sections.ts";
import type { PageText } from "../html/extract-html.ts";
import { toLinks, toTitle } from "../html/page-facts.ts";

/** What the worker is given. */
export interface Extraction {
  readonly content: Content;
  readonly bytes: Uint8Array;
  /** The bytes are the beginning of something longer. */
  readonly isCut: boolean;
  /** Of the page, after redirects. */
  readonly url: string;
  readonly query?: string | undefined;
  readonly maxBytes: number;
  /** What is known about the page besides its bytes; it comes first. */
  readonly facts?: Partial<Omit<PageText, "text">> | undefined;
}

export const extractedSchema = z.object({
  title: z.string(),
  text: z.string(),
  date: z.string().optional(),
  links: z.array(z.string()),
});

/** A page whose text is clean and fits; the text is empty where there is none. */
export type Extracted = z.output<typeof extractedSchema>;

const END = " …";
/** An address in plain text, up to the sign that ends it. */
const ADDRESS = /https?:\/\/[^\s<>"'`()[\]{}|\\^]+/giu;

/** What reads each kind of page. Only that is loaded, because each page has a thread of its own. */
const LOADERS = {
  html: () => import("../html/extract-html.ts"),
  markdown: () => import("../local/documents/markdown.ts"),
  pdf: () => import("../local/documents/pdf.ts"),
  text: async () => undefined,
};

/** Loads what a kind of page is read with, so that the time for a page is not spent on it. */
export async function prepare(kind: ContentKind): Promise<void> {
  await LOADERS[kind]();
}

/** Turns bytes into text, better with each value. Throws for a file that is broken. Takes its time. */
export async function* extract(extraction: Extraction): AsyncGenerator<Extracted> {
  const { facts, url, isCut } = extraction;
  for await (const { title, text, links, ...read } of readContent(extraction)) {
    const whole = isCut && text !== "" ? text + END : text;
    const date = facts?.date ?? read.date;
    yield {
      title: toTitle(facts?.title) || title || nameOf(url),
      text: fitPassages(whole, extraction.query, extraction.maxBytes),
      ...(date === undefined ? {} : { date }),
      links: toLinks([...(facts?.links ?? []), ...links], url, url),
    };
  }
}

async function* readContent({ content, bytes, url }: Extraction): AsyncGenerator<PageText> {
  if (content.kind === "pdf") {
    const { parsePdf } = await LOADERS.pdf();
    const { title, blocks } = await parsePdf(bytes);
    const text = textOf(blocks);
    yield { title: toTitle(title), text, links: findLinks(text, url) };
    return;
  }
  const source = decodePage(bytes, content.charset, content.kind === "html");
  if (content.kind === "html") {
    const { extractHtml } = await LOADERS.html();
    yield* extractHtml(source, url);
  } else if (content.kind === "markdown") {
    const { parseMarkdown } = await LOADERS.markdown();
    const { title, blocks, date } = parseMarkdown(Buffer.from(source));
    yield { title: toTitle(title), text: textOf(blocks), date, links: findLinks(source, url) };
  } else {
    yield { title: "", text: cleanText(source).trim(), links: findLinks(source, url) };
  }
}

function findLinks(text: string, url: string): string[] {
  const addresses = (text.match(ADDRESS) ?? []).map((address) => address.replace(/[.,;:!?*_]+$/u, ""));
  return toLinks(addresses, url, url);
}

/** `report.pdf` of the URL's path, else its host. */
function nameOf(url: string): string {
  const { pathname, host } = new URL(url);
  const last = pathname.split("/").findLast((part) => part !== "") ?? "";
  return toTitle(decodeName(last)) || host;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
