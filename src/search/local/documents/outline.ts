import type { Block, ParsedBlocks } from "./document.ts";
import { fence } from "./markdown.ts";
import { decodeText } from "./plain-text.ts";

/** Marks are only looked for in lines that are as long as people write them: the search takes the square of the length. */
const MAX_MARKED = 2_000;

const RST_RULE = /^([!-/:-@[-`{-~])\1{2,}\s*$/u;
const RST_CODE = /^\.\. (?:code(?:-block)?|sourcecode)::\s*(\S*)/u;

/** reStructuredText: its headings, its code, and the rest without directives and marks. */
export function parseRst(bytes: Uint8Array): ParsedBlocks {
  const { text, problem } = decodeText(bytes);
  const lines = text.split(/\r?\n/u);
  const blocks: Block[] = [];
  const levels: string[] = [];
  let open: string[] = [];
  const close = (): void => {
    if (open.some((line) => line.trim() !== "")) blocks.push({ text: open.join("\n") });
    open = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const code = RST_CODE.exec(line);
    const rule = RST_RULE.exec(line)?.[1];
    const under = RST_RULE.exec(lines[at + 1] ?? "")?.[1];
    if (code !== null) {
      close();
      const body = takeIndented(lines, at + 1);
      at += body.length;
      blocks.push({ text: fence(dedent(body.filter((one) => !/^\s*:\w[\w-]*:/u.test(one))), code[1]) });
    } else if (rule !== undefined && RST_RULE.exec(lines[at + 2] ?? "")?.[1] === rule) {
      close();
      addHeading(blocks, levels, `${rule}${rule}`, lines[at + 1] ?? "");
      at += 2;
    } else if (under !== undefined && /^\S/u.test(line) && rule === undefined) {
      close();
      addHeading(blocks, levels, under, line);
      at++;
    } else if (
      rule === undefined &&
      !/^\.\. (?:_|\||$)|^\s*\.\. (?:toctree|image|figure|contents|include)::/u.test(line)
    ) {
      open.push(inlineRst(line));
    }
  }
  close();
  return { title: blocks.find(({ level }) => level !== undefined)?.text, blocks, problem };
}

/** Levels are numbered in the order in which their marks come. */
function addHeading(blocks: Block[], levels: string[], mark: string, text: string): void {
  if (!levels.includes(mark)) levels.push(mark);
  blocks.push({ level: levels.indexOf(mark) + 1, text: inlineRst(text.trim()) });
}

function inlineRst(line: string): string {
  if (line.length > MAX_MARKED) return line;
  return line
    .replace(/^(\s*)\.\. (note|warning|tip|important|caution|hint|danger|attention|seealso)::\s*/u, "$1$2: ")
    .replace(/^(\s*):([\w][\w -]*):(?=\s)/u, "$1$2:")
    .replace(/:[\w:+-]+:`([^`<]+?)(?:\s*<[^`>]*>)?`/gu, "$1")
    .replace(/`([^`<]+?)\s*<[^`>]*>`__?/gu, "$1")
    .replace(/``([^`]+)``/gu, "$1")
    .replace(/\*\*([^*]+)\*\*/gu, "$1");
}

const ORG_HEADING =
  /^(\*+)\s+(?:(?:TODO|DONE|NEXT|WAITING)\s+)?(?:\[#[A-Z]\]\s+)?(.*?)(?:\s+:[\w:@]+:)?\s*$/u;

/** An Org file: its headings, its code, and the rest without keywords, drawers and marks. */
export function parseOrg(bytes: Uint8Array): ParsedBlocks {
  const { text, problem } = decodeText(bytes);
  const blocks: Block[] = [];
  let title: string | undefined;
  let open: string[] = [];
  let code: { readonly language: string; readonly lines: string[] } | undefined;
  let isDrawer = false;
  const close = (): void => {
    if (open.some((line) => line.trim() !== "")) blocks.push({ text: open.join("\n") });
    open = [];
  };
  for (const line of text.split(/\r?\n/u)) {
    const begin = /^\s*#\+begin_(?:src|example)\s*(\S*)/iu.exec(line);
    const heading = line.length > MAX_MARKED ? null : ORG_HEADING.exec(line);
    if (code !== undefined) {
      if (/^\s*#\+end_(?:src|example)/iu.test(line)) {
        blocks.push({ text: fence(dedent(code.lines), code.language) });
        code = undefined;
      } else code.lines.push(line);
    } else if (begin !== null) {
      close();
      code = { language: begin[1] ?? "", lines: [] };
    } else if (/^\s*:(?:PROPERTIES|LOGBOOK):\s*$/iu.test(line)) isDrawer = true;
    else if (isDrawer) isDrawer = !/^\s*:END:\s*$/iu.test(line);
    else if (heading !== null) {
      close();
      blocks.push({ level: (heading[1] ?? "").length, text: inlineOrg(heading[2] ?? "") });
    } else if (/^\s*#\+/u.test(line)) title ??= /^#\+title:\s*(.+)$/iu.exec(line)?.[1];
    else if (!/^\s*(?:# |\|[-+]+\|?\s*$)/u.test(line)) open.push(inlineOrg(line));
  }
  if (code !== undefined) blocks.push({ text: fence(dedent(code.lines), code.language) });
  close();
  return { title: title ?? blocks.find(({ level }) => level !== undefined)?.text, blocks, problem };
}

function inlineOrg(line: string): string {
  if (line.length > MAX_MARKED) return line;
  return line
    .replace(/\[\[[^\]]*\]\[([^\]]+)\]\]/gu, "$1")
    .replace(/\[\[([^\]]+)\]\]/gu, "$1")
    .replace(/(?<![\p{L}\p{N}])([=~])(\S(?:[^\n]*?\S)?)\1(?![\p{L}\p{N}])/gu, "$2");
}

function takeIndented(lines: readonly string[], from: number): string[] {
  let end = from;
  while (end < lines.length && !/^\S/u.test(lines[end] ?? "")) end++;
  return lines.slice(from, end);
}

function dedent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/u));
  const least = indents.reduce((min, indent) => Math.min(min, indent), Number.POSITIVE_INFINITY);
  return lines
    .map((line) => line.slice(Number.isFinite(least) ? least : 0))
    .join("\n")
    .trim();
}
