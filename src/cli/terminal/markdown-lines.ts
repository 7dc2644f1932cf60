import { hyperlink } from "./hyperlink.ts";
import type { Style } from "./line-wrapper.ts";
import type { MarkdownBlock } from "../../view/markdown.ts";
import { printableLine } from "./printable.ts";
import { tableLines } from "./markdown-table.ts";
import type { Line, Rendering, Span } from "./rendering.ts";

const plain: Style = (text) => text;
const EMPTY: Line = { prefix: [], hang: { text: "", style: plain }, spans: [] };

/** The lines of blocks one after another. Where the source has an empty line between two of them, so has the screen. */
export function blockLines(blocks: readonly MarkdownBlock[], rendering: Rendering): readonly Line[] {
  return blocks.flatMap((block, at) => [
    ...(isApart(blocks[at - 1], block) ? [EMPTY] : []),
    ...linesOf(block, rendering),
  ]);
}

/** Whether an empty line stands between two blocks. */
export function isApart(before: MarkdownBlock | undefined, block: MarkdownBlock): boolean {
  if (before === undefined) return false;
  if (before.type === "table" || block.type === "table") return true;
  return (block.position?.start.line ?? 0) - (before.position?.end.line ?? 0) > 1;
}

function linesOf(block: MarkdownBlock, rendering: Rendering): readonly Line[] {
  const { paint } = rendering;
  switch (block.type) {
    case "heading": {
      const style: Style = block.depth === 1 ? (text) => paint.bold(paint.underline(text)) : paint.bold;
      return inlineLines(block.children, rendering, style);
    }
    case "paragraph":
      return inlineLines(block.children, rendering, plain);
    case "blockquote": {
      const bar = { text: "│ ", style: paint.dim };
      return indented(blockLines(block.children, narrower(rendering, 2)), bar, bar);
    }
    case "list": {
      const first = block.start ?? 1;
      return block.children.flatMap((item, at) => {
        const mark = block.ordered === true ? `${first + at}. ` : "• ";
        const hang = { text: " ".repeat(mark.length), style: plain };
        const lines = blockLines(item.children, narrower(rendering, mark.length));
        return [
          ...(isApart(block.children[at - 1], item) ? [EMPTY] : []),
          ...indented(lines.length === 0 ? [EMPTY] : lines, { text: mark, style: plain }, hang),
        ];
      });
    }
    case "code":
      return block.value.split("\n").map((text) => ({
        ...EMPTY,
        prefix: [{ text: "  ", style: plain }],
        spans: text === "" ? [] : [{ text, style: paint.cyan }],
        verbatim: true,
      }));
    case "thematicBreak":
      return [
        {
          ...EMPTY,
          spans: [{ text: "─".repeat(Math.min(rendering.width, 20)), style: paint.dim }],
          verbatim: true,
        },
      ];
    case "table":
      return tableLines(
        block.children.map((row) =>
          row.children.map((cell) =>
            inlineLines(cell.children, rendering, plain).flatMap(({ spans }) => spans),
          ),
        ),
        block.align ?? [],
        rendering,
      );
    case "html":
      return [{ ...EMPTY, spans: [{ text: block.value, style: plain }] }];
    case "break":
    case "definition":
    case "delete":
    case "emphasis":
    case "footnoteDefinition":
    case "footnoteReference":
    case "image":
    case "imageReference":
    case "inlineCode":
    case "link":
    case "linkReference":
    case "listItem":
    case "strong":
    case "tableCell":
    case "tableRow":
    case "text":
    case "yaml":
      // the parser puts none of these here
      return [];
  }
}

function narrower(rendering: Rendering, columns: number): Rendering {
  return { ...rendering, width: Math.max(1, rendering.width - columns) };
}

function indented(lines: readonly Line[], first: Span, other: Span): readonly Line[] {
  return lines.map((line, at) => ({
    ...line,
    prefix: [at === 0 ? first : other, ...line.prefix],
    hang: { text: other.text + line.hang.text, style: other.style },
  }));
}

type Inline = Extract<MarkdownBlock, { type: "paragraph" }>["children"][number];

/** Inline content; the line breaks of the source stay, as models mean them. */
function inlineLines(nodes: readonly Inline[], rendering: Rendering, style: Style): readonly Line[] {
  const lines: Span[][] = [[]];
  for (const { text, style: own } of nodes.flatMap((node) => spansOf(node, rendering, style))) {
    for (const [at, part] of text.split("\n").entries()) {
      if (at > 0) lines.push([]);
      if (part !== "") lines.at(-1)?.push({ text: part, style: own });
    }
  }
  return lines.map((spans) => ({ ...EMPTY, spans }));
}

function spansOf(node: Inline, rendering: Rendering, style: Style): readonly Span[] {
  const { paint } = rendering;
  const inner = (children: readonly Inline[], own: Style): readonly Span[] => {
    const both = own === plain ? style : style === plain ? own : (text: string) => own(style(text));
    return children.flatMap((child) => spansOf(child, rendering, both));
  };
  switch (node.type) {
    case "text":
      return withMarks(node.value, rendering, style);
    case "strong":
      return inner(node.children, paint.bold);
    case "emphasis":
      return inner(node.children, paint.italic);
    case "inlineCode":
      return [{ text: node.value, style: paint.cyan }];
    case "break":
      return [{ text: "\n", style }];
    case "html":
      return [{ text: node.value, style }];
    case "link":
      return linkSpans(inner(node.children, plain), node.url, rendering);
    case "image":
      return linkSpans([{ text: node.alt || "image", style }], node.url, rendering);
    case "delete":
    case "linkReference":
      return inner(node.children, plain);
    case "footnoteReference":
    case "imageReference":
      return [];
  }
}

/** A link that does not say its address tells it, where the terminal does not; one that says another one, everywhere. */
function linkSpans(spans: readonly Span[], url: string, { links, paint }: Rendering): readonly Span[] {
  const said = spans.map(({ text }) => text).join("");
  const address = printableLine(url);
  const open = links ? hyperlink(url) : undefined;
  const isSaid = said === address || said === address.replace(/^mailto:/, "");
  const isOther = !isSaid && /^(?:https?:\/\/|www\.)|^[\w-]+(?:\.[\w-]+)+(?:\/\S*)?$/i.test(said.trim());
  const shown =
    open === undefined
      ? spans
      : spans.map(({ text, style }) => ({ text, style: (part: string) => open(style(part)) }));
  if (isSaid || address === "" || (open !== undefined && !isOther)) return shown;
  return [...shown, { text: ` (${address})`, style: paint.dim }];
}

/** A text in which marks of sources open these. */
function withMarks(text: string, { links, addressOf }: Rendering, style: Style): readonly Span[] {
  if (!links) return [{ text, style }];
  return text.split(/(\[\d{1,4}\])/).flatMap((part, at) => {
    if (part === "") return [];
    const url = at % 2 === 0 ? undefined : addressOf(Number(part.slice(1, -1)));
    const open = url === undefined ? undefined : hyperlink(url);
    return [{ text: part, style: open === undefined ? style : (shown: string) => open(style(shown)) }];
  });
}
