import { fromMarkdown } from "mdast-util-from-markdown";
import { toString } from "mdast-util-to-string";
import type { ParsedFile } from "./document.ts";
import { readFrontMatter } from "./front-matter.ts";
import { htmlToText } from "../../html/text.ts";
import { decodeText } from "./plain-text.ts";

type MarkdownNode = ReturnType<typeof fromMarkdown>["children"][number];

/**
 * Markdown without its marks. The title is that of the front matter, else the first heading; where the text begins with
 * it, it is not said twice.
 */
export function parseMarkdown(bytes: Uint8Array): ParsedFile {
  const { body, ...fields } = readFrontMatter(decodeText(bytes).replace(/\r\n?/gu, "\n"));
  const blocks = fromMarkdown(body).children;
  const heading = blocks.find((block) => block.type === "heading");
  const title = fields.title ?? (heading && blockToText(heading));
  const [first, ...rest] = blocks;
  const repeatsTitle = first !== undefined && rest.length > 0 && blockToText(first) === title;
  return { ...fields, title, text: joinBlocks(repeatsTitle ? rest : blocks, "\n\n") };
}

function joinBlocks(blocks: readonly MarkdownNode[], separator: string): string {
  return blocks
    .map(blockToText)
    .filter((text) => text !== "")
    .join(separator);
}

function blockToText(node: MarkdownNode): string {
  if (node.type === "blockquote") return joinBlocks(node.children, "\n\n");
  if (node.type === "list") return joinBlocks(node.children, "\n");
  if (node.type === "listItem") return `- ${joinBlocks(node.children, "\n")}`;
  if (node.type === "html") return htmlToText(node.value);
  if (node.type !== "paragraph" && node.type !== "heading") return toString(node);
  return node.children
    .map((child) => (child.type === "break" ? "\n" : toString(child, { includeHtml: false })))
    .join("");
}
