import { fromMarkdown } from "mdast-util-from-markdown";

/** What a reader of Markdown would load, link or run of an answer, besides links to `allowed`. */
export function dangersIn(answer: string, allowed: readonly string[]): readonly string[] {
  const dangers: string[] = [];
  walk(fromMarkdown(answer), false);
  return dangers;

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
      const address = /(?:https?|ftp):\/\/\S|(?<!\w)www\.\w/i.exec(node.value ?? "");
      if (address !== null) dangers.push(`address ${node.value}`);
    }
    for (const child of node.children ?? []) walk(child, linked || isLink);
  }
}

interface MarkdownNode {
  readonly type: string;
  readonly url?: string;
  readonly value?: string;
  readonly children?: readonly MarkdownNode[];
}

const LIVE_NAMES =
  /^<\/?(?:img|script|style|iframe|object|embed|svg|math|a|link|meta|base|form|input|button|video|audio|source|body|template|details|div|p|b|table)(?![\w-])/i;
