import { fromMarkdown } from "mdast-util-from-markdown";
import { toString } from "mdast-util-to-string";
import { htmlToText } from "../../html/text.ts";
import type { Block, ParsedBlocks } from "./document.ts";
import { readFrontMatter } from "./front-matter.ts";
import { decodeText } from "./plain-text.ts";

type MarkdownNode = ReturnType<typeof fromMarkdown>["children"][number];

/** Marks of quotes and lists one in another: the parser's time grows with their square. */
const TOO_DEEP = /(?:^|\n)(?:[ \t]*[>*+-]){200}/u;

/**
 * Markdown without its marks, but for those of headings and code. The title is that of the front matter, else the first
 * heading; where the text begins with it, it is not said twice.
 */
export function parseMarkdown(bytes: Uint8Array): ParsedBlocks {
  const { text, problem } = decodeText(bytes);
  const { body, title, url, date, ...head } = readFrontMatter(text.replace(/\r\n?/gu, "\n"));
  return { ...readMarkdown(body, title), url, date, problem: head.problem ?? problem };
}

/** Markdown that has no front matter. */
export function readMarkdown(source: string, title?: string): ParsedBlocks {
  if (TOO_DEEP.test(source)) return { title, blocks: [{ text: source }] };
  const nodes = fromMarkdown(source).children;
  const heading = nodes.find((node) => node.type === "heading");
  const found = title ?? (heading && nodeToText(heading));
  const [first, ...rest] = nodes;
  const repeatsTitle = first !== undefined && rest.length > 0 && nodeToText(first) === found;
  return { title: found, blocks: (repeatsTitle ? rest : nodes).map(toBlock) };
}

function toBlock(node: MarkdownNode): Block {
  if (node.type === "heading") return { level: node.depth, text: nodeToText(node) };
  if (node.type === "code") return { text: fence(node.value, node.lang ?? "") };
  return { text: nodeToText(node) };
}

/** Code between fences that are longer than any in it. */
export function fence(code: string, language = ""): string {
  const longest = (code.match(/^`{3,}/gmu) ?? []).reduce((most, { length }) => Math.max(most, length), 2);
  const mark = "`".repeat(longest + 1);
  return `${mark}${language}\n${code}\n${mark}`;
}

function joinNodes(nodes: readonly MarkdownNode[], separator: string): string {
  return nodes
    .map(nodeToText)
    .filter((text) => text !== "")
    .join(separator);
}

function nodeToText(node: MarkdownNode): string {
  if (node.type === "blockquote") return joinNodes(node.children, "\n\n");
  if (node.type === "list") return joinNodes(node.children, "\n");
  if (node.type === "listItem") return `- ${joinNodes(node.children, "\n")}`;
  if (node.type === "html") return htmlToText(node.value);
  if (node.type !== "paragraph" && node.type !== "heading") return toString(node);
  return node.children
    .map((child) => (child.type === "break" ? "\n" : toString(child, { includeHtml: false })))
    .join("");
}
