import { Readability } from "@mozilla/readability";
import { cleanText } from "../clean-text.ts";
import { shownToText } from "./text.ts";
import { type PageDocument, type PageElement, parsePage } from "./dom.ts";
import { removeHidden } from "./hidden.ts";
import { flatText } from "./flat-text.ts";
import { isNestedTooDeep } from "./nesting.ts";
import { readBase, readHrefs, readPublished, readTitle, toLinks, toTitle } from "./page-facts.ts";
import { showStreamed } from "./streamed.ts";

/** What can be read off a page. */
export interface PageText {
  readonly title: string;
  readonly text: string;
  readonly date?: string | undefined;
  readonly links: readonly string[];
}

/** Main content shorter than this is taken only when it is at least half of the page. In characters. */
const ENOUGH = 500;
/** In a page of more elements, or of deeper ones, the main content is not looked for: it would take minutes. */
const MAX_ELEMENTS = 20_000;
const MAX_DEPTH = 200;

/**
 * The visible text of a page: first the whole of it, then, where there is one, its main content alone, without menus
 * and the like. The second takes longer; whoever has no time for it has the first.
 */
export function* extractHtml(html: string, url: string): Generator<PageText> {
  if (isNestedTooDeep(html)) {
    const title = toTitle(/<title\b[^>]*>([^<]*)/iu.exec(html)?.[1]);
    yield { title, text: cleanText(flatText(html)).trim(), links: [] };
    return;
  }
  const document = parsePage(html);
  showStreamed(document);
  const facts = { title: readTitle(document), date: readPublished(document) };
  const base = readBase(document, url);
  removeHidden(document);
  const hrefs = readHrefs(document.body);
  const text = toText(document.body);
  yield { ...facts, text, links: toLinks(hrefs, base, url) };
  const main = findMainContent(document);
  if (main === undefined) return;
  const mainText = toText(main);
  if (mainText.length < ENOUGH && mainText.length * 2 < text.length) return;
  yield { ...facts, text: mainText, links: toLinks([...readHrefs(main), ...hrefs], base, url) };
}

function toText(element: PageElement): string {
  return cleanText(shownToText(element.innerHTML)).trim();
}

/** Changes the document. */
function findMainContent(document: PageDocument): PageElement | undefined {
  if (isTooDeep(document)) return undefined;
  try {
    const article = new Readability<PageElement>(document, {
      serializer: (node: PageElement) => node,
      disableJSONLD: true,
      maxElemsToParse: MAX_ELEMENTS,
    }).parse();
    return article?.content ?? undefined;
  } catch {
    return undefined; // too large or too odd: the whole page is there
  }
}

function isTooDeep(document: PageDocument): boolean {
  const depths = new Map<PageElement, number>();
  for (const element of document.querySelectorAll("*")) {
    const parent = element.parentElement;
    const depth = 1 + ((parent && depths.get(parent)) ?? 0);
    if (depth > MAX_DEPTH) return true;
    depths.set(element, depth);
  }
  return false;
}
