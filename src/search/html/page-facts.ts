import { cleanLine } from "../clean-text.ts";
import { readIsoDate } from "../engines/wire/written-date.ts";
import { cutText } from "../outcome.ts";
import type { PageDocument, PageElement } from "./dom.ts";

const MAX_TITLE_BYTES = 300;
const MAX_LINKS = 200;
const MAX_LINK_CHARACTERS = 2_000;

const DATE_META = [
  'meta[property="article:published_time" i]',
  'meta[itemprop="datePublished" i]',
  'meta[name="date" i]',
  'meta[name="dc.date" i]',
  'meta[name="citation_publication_date" i]',
];
const JSON_LD_DATE = /"datePublished"\s*:\s*"(\d{4}-\d{2}-\d{2})/u;

/** What a browser shows in its tab, else the first heading; empty where the page has neither. */
export function readTitle(document: PageDocument): string {
  return toTitle(document.querySelector("title")?.textContent) || toTitle(readHeading(document));
}

export function toTitle(text: string | null | undefined): string {
  return cutText(cleanLine(text ?? ""), MAX_TITLE_BYTES);
}

function readHeading(document: PageDocument): string | null | undefined {
  return document.querySelector("h1")?.textContent;
}

/** When the page says that it was published. Nothing but a date is taken from where no reader looks. */
export function readPublished(document: PageDocument): string | undefined {
  const metas = DATE_META.map((selector) => document.querySelector(selector)?.getAttribute("content"));
  const scripts = [...document.querySelectorAll('script[type="application/ld+json" i]')];
  const linked = scripts.map((script) => JSON_LD_DATE.exec(script.textContent ?? "")?.[1]);
  const times = [document.querySelector("time[datetime]")?.getAttribute("datetime")];
  return [...metas, ...linked, ...times].map(readIsoDate).find((date) => date !== undefined);
}

/** The address that links count from: that of `<base>` where there is one. */
export function readBase(document: PageDocument, url: string): string {
  const href = document.querySelector("base[href]")?.getAttribute("href") ?? "";
  return URL.canParse(href, url) ? new URL(href, url).href : url;
}

export function readHrefs(element: PageElement): string[] {
  return [...element.querySelectorAll("a[href], area[href]")].map((link) => link.getAttribute("href") ?? "");
}

/** Absolute http(s) addresses, each once and without fragment, 200 at most; not the page itself. */
export function toLinks(hrefs: readonly string[], base: string, page: string): string[] {
  const links = new Set<string>();
  const self = withoutHash(new URL(page));
  for (const href of hrefs) {
    if (links.size === MAX_LINKS) break;
    if (href.length > MAX_LINK_CHARACTERS || !URL.canParse(href, base)) continue;
    const url = new URL(href, base);
    if (!/^https?:$/u.test(url.protocol) || url.username !== "" || url.password !== "") continue;
    const link = withoutHash(url);
    if (link !== self && link.length <= MAX_LINK_CHARACTERS) links.add(link);
  }
  return [...links];
}

function withoutHash(url: URL): string {
  url.hash = "";
  return url.href;
}
