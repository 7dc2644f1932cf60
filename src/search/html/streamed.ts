import type { PageDocument, PageElement, PageNode } from "./dom.ts";

const COMMENT = 8;

/**
 * Puts what React streams behind a page into its place, as the page's own script would: `<div hidden id="S:1">` takes the
 * place of `<template id="P:1">`, or of `<template id="B:1">` and all that stands in for it up to the comment `/$`.
 * Nothing is shown that no script of the page names.
 */
export function showStreamed(document: PageDocument): void {
  const pieces = [...document.querySelectorAll('[hidden][id^="S:"]')];
  if (pieces.length === 0) return;
  const scripts = Array.from(document.querySelectorAll("script"), (script) => script.textContent ?? "").join(
    "\n",
  );
  for (const piece of pieces) {
    const id = piece.getAttribute("id") ?? "";
    if (!scripts.includes(`"${id}"`)) continue;
    const place = findPlace(document, id, scripts);
    const content = Array.from(piece.childNodes, (node) => node);
    if (place === undefined) piece.removeAttribute("hidden");
    else {
      if (place.getAttribute("id")?.startsWith("B:") === true) removeFallback(place);
      place.replaceWith(...content.slice(0, MOST_NODES));
      piece.remove();
    }
  }
}

/** As many nodes fit into the arguments of one call; no page that is written in parts has more in one of them. */
const MOST_NODES = 10_000;

function findPlace(document: PageDocument, id: string, scripts: string): PageElement | undefined {
  const number = id.slice(2);
  const named = new RegExp(
    `"([BP]:[^"]{1,40})"\\s*,\\s*"${escape(id)}"|"${escape(id)}"\\s*,\\s*"([BP]:[^"]{1,40})"`,
    "u",
  ).exec(scripts);
  const wanted = new Set([named?.[1] ?? named?.[2], `P:${number}`, `B:${number}`]);
  const templates = [...document.querySelectorAll("template[id]")];
  return templates.find((template) => wanted.has(template.getAttribute("id") ?? ""));
}

/** What is shown until the piece is there. */
function removeFallback(place: PageElement): void {
  let next: PageNode | null = place.nextSibling;
  while (next !== null && !(next.nodeType === COMMENT && next.textContent === "/$")) {
    const after: PageNode | null = next.nextSibling;
    next.remove();
    next = after;
  }
}

function escape(text: string): string {
  return text.replace(/[^\w:]/gu, "\\$&");
}
