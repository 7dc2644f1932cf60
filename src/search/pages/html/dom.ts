import { parseHTML } from "linkedom";

interface PageNode {
  /** 3 for text. */
  readonly nodeType: number;
  remove(): void;
}

/** The part of an element that is used here. */
export interface PageElement extends PageNode {
  readonly tagName: string;
  readonly parentElement: PageElement | null;
  readonly textContent: string | null;
  readonly childNodes: Iterable<PageNode>;
  innerHTML: string;
  getAttribute(name: string): string | null;
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
  return document;
}
