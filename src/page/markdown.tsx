/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { parseMarkdown, type MarkdownBlock } from "../view/markdown.ts";
import { shown, webAddress } from "./shown.ts";

type Inline = Extract<MarkdownBlock, { type: "paragraph" }>["children"][number];
type Node = MarkdownBlock | Inline;

/** What stands for a mark such as `[1]`; undefined where it is none. */
export type MarkOf = (number: number) => ComponentChildren | undefined;

export interface MarkdownProps {
  readonly text: string;
  /** Called in the order of the text. Default: nothing is a mark. */
  readonly mark?: MarkOf | undefined;
  /** The level of the heading that the text stands below; none of its own is skipped. Default: 2. */
  readonly level?: number | undefined;
}

/** Markdown as elements: HTML is text, images are their words, and links lead to http and https alone. */
export function Markdown({ text, mark = () => undefined, level = 2 }: MarkdownProps) {
  const open: number[] = [];
  const levelOf = (depth: number): number => {
    while ((open.at(-1) ?? 0) >= depth) open.pop();
    open.push(depth);
    return level + open.length;
  };
  return <>{blocks(parseMarkdown(shown(text)).children, { mark, levelOf })}</>;
}

interface Context {
  readonly mark: MarkOf;
  /** Of a heading of this depth, called in the order of the text. */
  readonly levelOf: (depth: number) => number;
}

function blocks(nodes: readonly Node[], context: Context): ComponentChildren {
  const shownNodes: ComponentChildren[] = [];
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at];
    if (node === undefined) break;
    if (node.type !== "text") {
      shownNodes.push(element(node, context));
      continue;
    }
    const marks: ComponentChildren[] = [];
    const words = marked(node.value, context);
    for (
      let next = markOf(nodes[at + 1], context);
      next !== undefined;
      next = markOf(nodes[at + 1], context)
    ) {
      marks.push(next);
      at += 1;
    }
    if (marks.length > 0) tie(words, marks);
    for (const piece of words) shownNodes.push(piece);
  }
  return shownNodes;
}

function markOf(node: Node | undefined, { mark }: Context): ComponentChildren | undefined {
  const number = node?.type === "link" ? markedNumber(node) : undefined;
  return number === undefined ? undefined : mark(number);
}

/** Adds marks: the last word stays on their line; in Chinese and Japanese, the last sign. */
function tie(words: ComponentChildren[], marks: readonly ComponentChildren[]): void {
  const last = words.at(-1);
  if (typeof last !== "string") {
    words.push(...marks);
    return;
  }
  const [word = ""] = LAST_WORD.exec(last.slice(-LONGEST)) ?? [];
  words[words.length - 1] = last.slice(0, last.length - word.length);
  words.push(
    <span class="tied">
      {word}
      {marks}
    </span>,
  );
}

/** Longer ones may be broken. */
const LONGEST = 24;
const LAST_WORD = /(?:[^\s\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]+|[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}])? ?$/u;

function element(node: Node, context: Context): ComponentChildren {
  switch (node.type) {
    case "text":
      return marked(node.value, context);
    case "emphasis":
      return <em>{blocks(node.children, context)}</em>;
    case "strong":
      return <strong>{blocks(node.children, context)}</strong>;
    case "inlineCode":
      return <code>{node.value}</code>;
    case "break":
      return <br />;
    case "link":
      return link(node, context);
    case "image":
      return node.alt ?? "";
    case "paragraph":
      return <p dir="auto">{blocks(node.children, context)}</p>;
    case "heading": {
      const Heading = HEADINGS[Math.min(context.levelOf(node.depth), 6) - 1] ?? "h6";
      return <Heading dir="auto">{blocks(node.children, context)}</Heading>;
    }
    case "blockquote":
      return <blockquote>{blocks(node.children, context)}</blockquote>;
    case "list":
      return node.ordered === true ? (
        <ol start={node.start ?? 1} dir="auto">
          {blocks(node.children, context)}
        </ol>
      ) : (
        <ul dir="auto">{blocks(node.children, context)}</ul>
      );
    case "listItem":
      return <li>{item(node, context)}</li>;
    case "code":
      return (
        <pre tabIndex={0}>
          <code>{node.value}</code>
        </pre>
      );
    case "thematicBreak":
      return <hr />;
    case "table":
      return table(node, context);
    case "html":
      return node.value;
    case "delete":
    case "tableRow":
    case "tableCell":
    case "linkReference":
    case "footnoteDefinition":
      return blocks(node.children, context);
    case "imageReference":
      return node.alt ?? "";
    // nothing of these is shown
    case "definition":
    case "footnoteReference":
    case "yaml":
      return null;
  }
}

const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"] as const;

/** The paragraphs of a tight list are no paragraphs. */
function item(node: Extract<Node, { type: "listItem" }>, context: Context): ComponentChildren {
  if (node.spread === true) return blocks(node.children, context);
  return node.children.map((child) =>
    child.type === "paragraph" ? blocks(child.children, context) : element(child, context),
  );
}

function table({ children: [head, ...rows] }: Extract<Node, { type: "table" }>, context: Context) {
  return (
    <div class="wide" tabIndex={0} role="group" aria-label="Table">
      <table>
        {head !== undefined && (
          <thead>
            <tr>
              {head.children.map((cell) => (
                <th scope="col" dir="auto">
                  {blocks(cell.children, context)}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.children.map((cell) => (
                <td dir="auto">{blocks(cell.children, context)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function link(node: Extract<Node, { type: "link" }>, context: Context): ComponentChildren {
  const mark = markOf(node, context);
  if (mark !== undefined) return mark;
  const children = blocks(node.children, context);
  const address = webAddress(node.url);
  if (address === undefined) return children;
  return (
    <a href={address} rel="noopener noreferrer nofollow" target="_blank">
      {children}
    </a>
  );
}

/** The number of a link that is a mark, such as `[[1]](…)`. */
function markedNumber({ children }: Extract<Node, { type: "link" }>): number | undefined {
  const [only] = children;
  const number =
    children.length === 1 && only?.type === "text" ? /^\[(\d{1,4})\]$/.exec(only.value)?.[1] : undefined;
  return number === undefined ? undefined : Number(number);
}

/** A text with its marks: every second piece of it may be one. */
function marked(text: string, { mark }: Context): ComponentChildren[] {
  const pieces: ComponentChildren[] = [];
  for (const [at, piece] of text.split(/(\[\d{1,4}(?:, ?\d{1,4})*\])/).entries()) {
    const marks =
      at % 2 === 0
        ? []
        : piece
            .slice(1, -1)
            .split(",")
            .map((number) => mark(Number(number)));
    if (marks.length === 0 || marks.includes(undefined)) pieces.push(piece);
    else tie(pieces, marks);
  }
  return pieces;
}
