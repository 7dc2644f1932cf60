import { parseMarkdown, type MarkdownBlock } from "../../view/markdown.ts";
import { isIdeographic } from "./line-breaks.ts";

/** What may become the mark of a list, a quote, a heading, a rule, a fence or a table. */
const MARKS_ALONE = /^[\s>*+\-_#`~|=.):\d]*$/;

/** How much of a growing text can be shown for good: what follows changes nothing of it. */
export function safeEnd(source: string): number {
  let end = trimmed(source, lastWordEnd(source));
  for (;;) {
    const head = source.slice(0, end);
    const block = parseMarkdown(head).children.at(-1);
    const next =
      block === undefined
        ? 0
        : lastOf(block, "code") !== undefined
          ? wholeLines(source, end)
          : safeIn(head, block);
    if (next === end) return end;
    end = trimmed(source, next);
  }
}

/** Behind the last word that is whole: white space follows it, or it needs none. */
function lastWordEnd(source: string): number {
  let end = source.length;
  while (end > 0 && !/\s/u.test(source.charAt(end - 1)) && !isIdeographic(source.charAt(end - 1))) end -= 1;
  return end;
}

function trimmed(source: string, end: number): number {
  return source.slice(0, end).trimEnd().length;
}

/** The block of this kind that a text ends in. */
function lastOf(block: MarkdownBlock, type: "code" | "table"): MarkdownBlock | undefined {
  let last: MarkdownBlock | undefined = block;
  while (last !== undefined && last.type !== type)
    last = "children" in last ? last.children.at(-1) : undefined;
  return last;
}

/** Only whole lines of code are shown: a part of one may be its end. */
function wholeLines(source: string, end: number): number {
  return /^[^\n]*\n/.test(source.slice(end)) ? end : source.lastIndexOf("\n", end - 1) + 1;
}

function safeIn(head: string, block: MarkdownBlock): number {
  const line = head.lastIndexOf("\n") + 1;
  const text = head.slice(line);
  if (MARKS_ALONE.test(text) || text.includes("|")) return line;
  // any line may be its next row
  const table = lastOf(block, "table");
  if (table !== undefined) return table.position?.start.offset ?? 0;
  // before a line break it is one itself
  if (head.endsWith("\\")) return head.length - 1;
  return firstOpener(head, block) ?? head.length;
}

/** Where an emphasis, a piece of code or a link begins that is not closed yet. */
function firstOpener(head: string, node: MarkdownBlock): number | undefined {
  if (node.type === "text") {
    const [start = 0, end = 0] = [node.position?.start.offset, node.position?.end.offset];
    for (let at = start; at < end; at += 1) {
      if (head[at] === "\\") at += 1;
      else if (isOpener(head, at)) return at;
    }
    return undefined;
  }
  if (!("children" in node)) return undefined;
  for (const child of node.children) {
    const found = firstOpener(head, child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOpener(head: string, at: number): boolean {
  const rest = head.slice(at);
  switch (head.charAt(at)) {
    case "`":
      return true;
    case "*":
      return /^\*+\S/.test(rest);
    case "_":
      return /^_+\S/.test(rest) && !/[\p{L}\p{N}]$/u.test(head.slice(0, at));
    case "!":
      return rest.startsWith("![") && isOpener(head, at + 1);
    case "[":
      return !/^\[+[^[\]`\\]*\]+(?![([\]])/.test(rest);
    default:
      return false;
  }
}
