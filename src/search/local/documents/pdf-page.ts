/** A piece of text on a page; the origin is at the lower left. */
export interface TextItem {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly endsLine: boolean;
}

/** Pieces of one line that stand side by side. */
interface Line {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly height: number;
}

/** Lines of two columns hold at least so many letters on average; cells of a table hold fewer. */
const COLUMN_LETTERS = 20;
const COLUMN_LINES = 4;

/** The text of a page: lines in the order in which they are read, paragraphs parted, words whole that a line end cut. */
export function pageText(items: readonly TextItem[]): string {
  return joinLines(orderColumns(toLines(items)));
}

function toLines(items: readonly TextItem[]): Line[] {
  const lines: Line[] = [];
  let open: Line | undefined;
  for (const { text, x, y, width, height, endsLine } of items) {
    const isApart =
      open !== undefined &&
      text.trim() !== "" &&
      (Math.abs(open.y - y) > open.height / 2 || x > open.right + 3 * height);
    if (open !== undefined && isApart && height > 0) {
      lines.push(open);
      open = undefined;
    }
    if (open === undefined) {
      if (text.trim() !== "") open = { text, left: x, right: x + width, y, height };
    } else {
      open = {
        ...open,
        text: open.text + text,
        right: text.trim() === "" ? open.right : Math.max(open.right, x + width),
        height: Math.max(open.height, height),
      };
    }
    if (endsLine && open !== undefined) {
      lines.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) lines.push(open);
  return lines;
}

/** Where lines of two columns come by turns, the left column comes whole before the right one. */
function orderColumns(lines: readonly Line[]): readonly Line[] {
  const gutter = findGutter(lines);
  if (gutter === undefined) return lines;
  const ordered: Line[] = [];
  let left: Line[] = [];
  let right: Line[] = [];
  const close = (): void => {
    for (const line of [...left, ...right]) ordered.push(line);
    left = [];
    right = [];
  };
  for (const line of lines) {
    if (line.right <= gutter) left.push(line);
    else if (line.left >= gutter) right.push(line);
    else {
      close();
      ordered.push(line);
    }
  }
  close();
  return ordered;
}

/** The middle of the space between two columns whose lines alternate; `undefined` where there are no such columns. */
function findGutter(lines: readonly Line[]): number | undefined {
  const ends = [...new Set(lines.map(({ right }) => Math.round(right)))].sort((a, b) => a - b);
  for (const end of ends) {
    const right = lines.filter(({ left }) => left > end);
    const left = lines.filter((line) => line.right <= end + 1);
    if (Math.min(left.length, right.length) < COLUMN_LINES) continue;
    if (lines.length - left.length - right.length > lines.length / 4) continue;
    const letters = (column: readonly Line[]): number =>
      column.reduce((sum, { text }) => sum + text.trim().length, 0) / column.length;
    if (Math.min(letters(left), letters(right)) < COLUMN_LETTERS) continue;
    const isLeft = lines.map((line) => line.right <= end + 1);
    const turns = isLeft.filter((side, index) => index > 0 && side !== isLeft[index - 1]).length;
    const start = right.reduce((least, line) => Math.min(least, line.left), Number.POSITIVE_INFINITY);
    if (turns >= 2 * COLUMN_LINES - 1) return (end + 1 + start) / 2;
  }
  return undefined;
}

function joinLines(lines: readonly Line[]): string {
  let text = "";
  let before: Line | undefined;
  for (const line of lines) {
    const trimmed = line.text.trim();
    if (before === undefined) text = trimmed;
    else if (/\p{L}[-‐\u00AD]$/u.test(text) && /^\p{Ll}/u.test(trimmed)) text = joinWord(text, trimmed);
    else if (before.y === line.y) text += ` | ${trimmed}`;
    else text += (isParagraph(before, line) ? "\n\n" : "\n") + trimmed;
    before = line;
  }
  return text;
}

/** A word that was cut at the end of a line; a compound that has other hyphens keeps this one. */
function joinWord(text: string, next: string): string {
  const word = /[\p{L}\p{N}-]*$/u.exec(text.slice(0, -1))?.[0] ?? "";
  return (word.includes("-") && !text.endsWith("\u00AD") ? text : text.slice(0, -1)) + next;
}

/** More space between two lines than lines of one paragraph have. */
function isParagraph(before: Line, line: Line): boolean {
  const gap = before.y - line.y;
  return gap > 1.9 * Math.max(before.height, line.height, 1) || gap < -2 * line.height;
}
