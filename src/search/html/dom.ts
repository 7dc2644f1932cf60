import { parseHTML } from "linkedom";

export interface PageNode {
  /** 3 for text. */
  readonly nodeType: number;
  readonly textContent: string | null;
  readonly nextSibling: PageNode | null;
  remove(): void;
}

/** The part of an element that is used here. */
export interface PageElement extends PageNode {
  readonly tagName: string;
  readonly parentElement: PageElement | null;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly childNodes: Iterable<PageNode>;
  innerHTML: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  replaceWith(...nodes: readonly PageNode[]): void;
  querySelectorAll(selector: string): Iterable<PageElement>;
  querySelector(selector: string): PageElement | null;
}

export interface PageDocument extends PageElement {
  readonly body: PageElement;
}

/** Parses a page; one that is only a piece of a page becomes the body of one. Scripts do not run, nothing is loaded. */
export function parsePage(html: string): PageDocument {
  const whole = /<body[\s>]/iu.test(html) ? html : `<html><head></head><body>${html}</body></html>`;
  const { document }: { document: PageDocument } = parseHTML(whole);
  lowerAttributeNames(document);
  return document;
}

/** To a browser they are the same in capitals; linkedom finds them only as they are written. */
function lowerAttributeNames(document: PageDocument): void {
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of Array.from(element.attributes, (attribute) => attribute)) {
      const lower = name.toLowerCase();
      if (lower !== name && element.getAttribute(lower) === null) element.setAttribute(lower, value);
    }
  }
}
