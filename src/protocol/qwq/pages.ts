import type { PageReply } from "../protocol.ts";
import { fieldLine, shownAddress, sourceTexts, type HeadForm } from "./sources.ts";

/** So many links of a page are shown. */
const MAX_SHOWN_LINKS = 10;

/** So much of an address is repeated that the model wrote, in UTF-16 units. */
const MAX_REPEATED = 200;

/** How the lines begin that stand below the text of a page; a part of a pattern. */
export const PAGE_LINES = String.raw`Links on it: |"[^\n]*" (?:was (?:opened before|not opened)|could not be opened)`;

/** What the opening of a page is answered with. A page is a source as any other. */
export function pageText({ url, status, result, links = [], reason }: PageReply, form: HeadForm): string {
  const page = `"${shortened(fieldLine(url))}"`;
  const text = result === undefined ? "" : sourceTexts([result], form);
  switch (status) {
    case "read":
      return [text, linksText(links)].filter((part) => part !== "").join("\n\n");
    case "failed":
      return `${page} could not be opened: ${fieldLine(reason ?? "no reason given.")}`;
    case "repeated":
      return `${page} was opened before and was not opened again.${text === "" ? "" : ` It is:\n\n${text}`}`;
    case "refused":
      return `${page} was not opened: only an address that a source, an opened page or the user gave can be, letter for letter.`;
    case "not-run":
      return `${page} was not opened: no pages are left.`;
  }
}

function linksText(links: readonly string[]): string {
  const shown = new Set(links.map(shownAddress).filter((address) => address !== ""));
  return shown.size === 0 ? "" : `Links on it: ${[...shown].slice(0, MAX_SHOWN_LINKS).join(" ")}`;
}

function shortened(address: string): string {
  return address.length > MAX_REPEATED ? `${address.slice(0, MAX_REPEATED)}…` : address;
}
