import type { PageElement } from "../html/dom.ts";
import { readIsoDate } from "./wire/written-date.ts";
import type { FoundResult } from "../outcome.ts";

/** What a page of html.duckduckgo.com is. */
export type DuckDuckGoPage =
  | { readonly kind: "results"; readonly results: readonly FoundResult[] }
  | { readonly kind: "nothing" }
  /** A challenge that only a person in a browser can pass. */
  | { readonly kind: "challenge" }
  /** Neither results nor the word that there are none. */
  | { readonly kind: "unknown" };

const CHALLENGE = '#challenge-form, .anomaly-modal__modal, form[action*="anomaly.js"]';
const NO_RESULTS = ".no-results, .result--no-result";
const HOME = "https://duckduckgo.com";
const TIME = /\b\d{4}-\d{2}-\d{2}(?=T\d{2}:)/u;

/** Reads a page of results. Advertisements are left out. */
export function readDuckDuckGoPage(page: PageElement): DuckDuckGoPage {
  if (page.querySelector(CHALLENGE) !== null) return { kind: "challenge" };
  const blocks = [...page.querySelectorAll(".result:not(.result--no-result)")].map(readBlock);
  const results = blocks.filter((block) => typeof block === "object");
  if (results.length > 0) return { kind: "results", results };
  const isResultsPage = blocks.includes("advertisement") || page.querySelector(NO_RESULTS) !== null;
  return { kind: isResultsPage && !blocks.includes("unknown") ? "nothing" : "unknown" };
}

function readBlock(block: PageElement): FoundResult | "advertisement" | "unknown" {
  if (/(?:^|\s)result--ad(?:\s|$)/u.test(block.getAttribute("class") ?? "")) return "advertisement";
  const link = block.querySelector(".result__a");
  const url = readLink(link?.getAttribute("href") ?? "");
  if (link === null || url === undefined) return "unknown";
  if (url === "advertisement") return url;
  return {
    title: link.textContent ?? "",
    url: url.href,
    text: (block.querySelector(".result__snippet")?.textContent ?? "").trim(),
    date: readIsoDate(TIME.exec(block.querySelector(".result__extras")?.textContent ?? "")?.[0]),
  };
}

/** Where a link leads: results go through `//duckduckgo.com/l/?uddg=<address>`, advertisements through `/y.js`. */
function readLink(href: string): URL | "advertisement" | undefined {
  if (href === "" || !URL.canParse(href, HOME)) return undefined;
  const url = new URL(href, HOME);
  if (!/(?:^|\.)duckduckgo\.com$/u.test(url.hostname)) return url;
  if (url.pathname === "/y.js") return "advertisement";
  const target = url.pathname === "/l/" ? url.searchParams.get("uddg") : null;
  return target === null ? url : readLink(target);
}
