/** A code block that is open. */
export interface Fence {
  readonly sign: string;
  /** How many signs opened it. */
  readonly length: number;
  /** Spaces in front of them. */
  readonly indent: number;
  /** The next character begins a line. */
  readonly atLineStart: boolean;
}

/** Where an opening line ends, and the block that it opens; `undecided` while its line goes on. */
export function openFence(
  text: string,
  at: number,
  before: string,
  final: boolean,
): { readonly end: number; readonly fence: Fence } | "undecided" | undefined {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const atLineStart = start > 0 || before === "" || before === "\n";
  const indent = at - start;
  if (!atLineStart || !/^ *$/.test(text.slice(start, at))) return undefined;
  // further in it is a block only behind an empty line: else it may go on with a paragraph
  const above = `${before === "" ? "\n" : before}${text.slice(0, start)}`;
  if (indent > 3 && !/\n[ \t]*\n$/.test(above)) return undefined;
  const sign = text.charAt(at);
  const newline = text.indexOf("\n", at);
  const line = text.slice(at, newline < 0 ? text.length : newline);
  const length = line.length - line.replace(sign === "~" ? /^~+/ : /^`+/, "").length;
  const grows = newline < 0 && !final;
  if (length < 3) return grows && length === line.length ? "undecided" : undefined;
  if (sign === "`" && line.slice(length).includes("`")) return undefined;
  if (grows) return "undecided";
  return { end: at + line.length, fence: { sign, length, indent, atLineStart: false } };
}

/** How far a code block goes on. */
export interface FenceBody {
  /** Behind the last line that is known to be code. */
  readonly end: number;
  /** The block as it stands there; `null`: it is closed, by its own line or by `close`. */
  readonly fence: Fence | null;
  /** Spaces to be put before the closing line that begins at `end`, or the whole line that is missing there. */
  readonly close?: { readonly text: string; readonly end: number };
}

/**
 * Reads a block to its closing line. Where a line stands further out than the block, some renderers have ended it and
 * others have not: there it is closed for all of them.
 */
export function readFence(text: string, from: number, fence: Fence, final: boolean): FenceBody {
  const closing = new RegExp(`${fence.sign}{${fence.length},}[ \\t]*(?=\\n|$)`, "y");
  let at = from;
  if (!fence.atLineStart) {
    at = text.indexOf("\n", from) + 1;
    if (at === 0) return { end: text.length, fence };
  }
  for (;;) {
    const first = at + (/^[ \t]*/.exec(text.slice(at, at + 1_000))?.[0].length ?? 0);
    const waits = { end: at, fence: { ...fence, atLineStart: true } };
    if (first === text.length) return final ? { end: first, fence } : waits;
    const newline = text.indexOf("\n", first);
    if (text.charAt(first) !== "\n") {
      const column = columnOf(text.slice(at, first));
      closing.lastIndex = first;
      const closed = column <= fence.indent + 3 ? closing.exec(text) : null;
      const line = text.slice(first, newline < 0 ? text.length : newline);
      if (newline < 0 && !final && isOnly(line, fence.sign)) return waits;
      if (closed !== null && column >= fence.indent) return { end: first + closed[0].length, fence: null };
      const indent = " ".repeat(fence.indent);
      if (closed !== null)
        return { end: at, fence: null, close: { text: indent + closed[0], end: closing.lastIndex } };
      if (column < fence.indent) {
        return {
          end: at,
          fence: null,
          close: { text: `${indent}${fence.sign.repeat(fence.length)}\n`, end: at },
        };
      }
    }
    if (newline < 0) return { end: text.length, fence: { ...fence, atLineStart: false } };
    at = newline + 1;
  }
}

function isOnly(line: string, sign: string): boolean {
  return line.trimEnd() === sign.repeat(line.trimEnd().length);
}

/** Columns that spaces and tabs take. */
function columnOf(space: string): number {
  let column = 0;
  for (const char of space) column += char === "\t" ? 4 - (column % 4) : 1;
  return column;
}
