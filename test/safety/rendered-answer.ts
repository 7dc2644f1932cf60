import { createRequire } from "node:module";
import { LinkifyIt } from "linkify-it";
import { gfmAutolinkLiteralFromMarkdown } from "mdast-util-gfm-autolink-literal";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmAutolinkLiteral } from "micromark-extension-gfm-autolink-literal";
import { z } from "zod";

/** The top-level domains, as their registry lists them. */
const require = createRequire(import.meta.url);
export const TLDS = z.array(z.string()).parse(require("tlds"));

/** What chat clients link of a text without being asked: names of every top-level domain, addresses of hosts and mail. */
const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true, urlAuth: true }).tlds([
  ...TLDS,
]);
const GFM = {
  extensions: [gfmAutolinkLiteral()],
  mdastExtensions: [gfmAutolinkLiteralFromMarkdown()],
};

/**
 * What a reader of Markdown would load, link or run of an answer, besides links to `allowed`: one of CommonMark, one of
 * GitHub's, and one that links every name that looks like a host.
 */
export function dangersIn(answer: string, allowed: readonly string[]): readonly string[] {
  const dangers: string[] = [];
  walk(fromMarkdown(answer), false);
  walk(fromMarkdown(answer, GFM), false);
  return [...new Set(dangers)];

  function walk(node: MarkdownNode, linked: boolean): void {
    const isLink = node.type === "link";
    if (["image", "imageReference", "linkReference", "definition"].includes(node.type))
      dangers.push(node.type);
    if (isLink && !allowed.includes(node.url ?? "")) dangers.push(`link ${node.url}`);
    if (node.type === "html" && !/^<\/?[A-Za-z][\w-]*[^=<>]*>$/.test(node.value ?? ""))
      dangers.push(`html ${node.value}`);
    if (node.type === "html" && LIVE_NAMES.test(node.value ?? "")) dangers.push(`html ${node.value}`);
    // other readers make links of addresses that stand in text
    if (node.type === "text" && !linked) {
      const address = /(?:https?|ftp):\/\/\S|(?<![\p{L}\p{N}_])www\.\w/iu.exec(node.value ?? "");
      if (address !== null) dangers.push(`address ${node.value}`);
      dangers.push(...namesIn(node.value ?? "").map((url) => `name ${url}`));
    }
    for (const child of node.children ?? []) walk(child, linked || isLink);
  }
}

/** What a client would link of a text that it takes for no Markdown. */
export function namesIn(text: string): readonly string[] {
  return (linkify.match(text) ?? []).map(({ url }) => url);
}

interface MarkdownNode {
  readonly type: string;
  readonly url?: string;
  readonly value?: string;
  readonly children?: readonly MarkdownNode[];
}

const LIVE_NAMES =
  /^<\/?(?:img|script|style|iframe|object|embed|svg|math|a|link|meta|base|form|input|button|video|audio|source|body|template|details|div|p|b|table)(?![\w-])/i;
