import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTable } from "micromark-extension-gfm-table";

export type MarkdownTree = ReturnType<typeof fromMarkdown>;
export type MarkdownBlock = MarkdownTree["children"][number];

/** Marks of quotes and lists one in another: the parser's time grows with their square. */
const TOO_DEEP = /(?:^|\n)(?:[ \t]*[>*+-]){40}/u;

/**
 * Markdown as a terminal and a page show it: with tables, and without what a later line may change (headings that are underlined,
 * references) or what a model does not mean (code by indentation, HTML).
 */
export function parseMarkdown(source: string): MarkdownTree {
  if (TOO_DEEP.test(source)) return { type: "root", children: [{ type: "code", value: source }] };
  return fromMarkdown(source, {
    extensions: [
      gfmTable(),
      { disable: { null: ["setextUnderline", "codeIndented", "definition", "htmlFlow", "htmlText"] } },
    ],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
}
