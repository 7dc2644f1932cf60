import { cleanLine } from "../../clean-text.ts";
import type { Block } from "./document.ts";

/** Rows that share one paragraph, and so one passage, below the names of their columns. In characters. */
const PARAGRAPH = 900;
const NUMBER = /^[\d.,%€$£¥:/\s+-]*$/u;

/**
 * A table as text: one line a row, ` | ` between cells. A long one is parted into paragraphs, each of which begins with
 * the names of the columns, so that no row is read without them; names as long as a paragraph are said once.
 */
export function tableToBlock(table: readonly (readonly string[])[]): Block {
  const rows = table.map((row) => row.map(cleanLine)).filter((row) => row.some((cell) => cell !== ""));
  const [first = []] = rows;
  const isNamed =
    rows.length > 1 && first.length > 1 && first.every((cell) => cell === "" || !NUMBER.test(cell));
  const head = isNamed ? toLine(first) : undefined;
  const paragraphs: string[] = [];
  let lines: string[] = head === undefined ? [] : [head];
  let length = 0;
  for (const row of isNamed ? rows.slice(1) : rows) {
    const line = toLine(row);
    if (length > 0 && length + line.length > PARAGRAPH) {
      paragraphs.push(lines.join("\n"));
      lines = head === undefined || head.length > PARAGRAPH ? [] : [head];
      length = 0;
    }
    lines.push(line);
    length += line.length;
  }
  paragraphs.push(lines.join("\n"));
  return { text: paragraphs.join("\n\n") };
}

function toLine(row: readonly string[]): string {
  return row
    .map((cell) => cell.replaceAll("|", "¦"))
    .join(" | ")
    .trim();
}
