const ROW = /^\s*\|.*\|\s*$|^[^|\n]+(?:\s\|\s[^|\n]+)+$|^[^\t\n]*\S\t+\S[^\n]*$/u;
const RULE = /^[\s|:+=-]*[-=]{2,}[\s|:+=-]*$/u;
const FIGURES = /^[\d.,%€$£\s-]+$/u;

/** What stands between cells where neither bars nor tabs do, and how many lines make a table then. */
const SEPARATORS: readonly (readonly [RegExp, number])[] = [
  [/\s{2,}/u, 2],
  [/\s*;\s*/u, 3],
  [/\s*,\s*/u, 3],
];
const MAX_CELL = 40;

/** Whether a line by itself looks like a row. */
export function isRow(line: string): boolean {
  return ROW.test(line);
}

/**
 * The rows of a table, each cell with the name of its column where the first row has names; undefined for lines that are
 * no table. Bars, tabs, columns of spaces, semicolons and commas set cells apart.
 */
export function rowsOf(lines: readonly string[]): string[] | undefined {
  const cells = cellsOf(lines);
  if (cells === undefined) return undefined;
  const [header = [], ...body] = cells;
  const named = header.length > 1 && header.every((cell) => !FIGURES.test(cell) || cell === "");
  if (!named || body.length === 0) return cells.map((row) => row.filter((cell) => cell !== "").join(" | "));
  return body.map((row) =>
    row
      .map((cell, at) => {
        const name = header[at] ?? "";
        return cell === "" ? "" : name === "" ? cell : `${name}: ${cell}`;
      })
      .filter((cell) => cell !== "")
      .join("; "),
  );
}

function cellsOf(lines: readonly string[]): string[][] | undefined {
  const rows = lines.filter((line) => !RULE.test(line));
  if (lines.length > 1 && lines.filter(isRow).length >= 2) return rows.map(barredCells);
  for (const [separator, least] of SEPARATORS) {
    const cells = rows.map((line) => line.trim().split(separator));
    const width = cells[0]?.length ?? 0;
    if (
      rows.length >= least &&
      width >= 2 &&
      cells.every((row) => row.length === width && row.every(isCell)) &&
      new Set(cells.flat()).size > width
    )
      return cells;
  }
  return undefined;
}

/** Short, and neither a pair nor the end of a sentence. */
function isCell(cell: string): boolean {
  return cell !== "" && cell.length <= MAX_CELL && !/[.!?。！？]$|[:：=]\s/u.test(cell);
}

function barredCells(line: string): string[] {
  const cells = line.includes("|")
    ? line
        .trim()
        .replace(/^\||\|$/gu, "")
        .split("|")
    : line.split(/\t/u);
  return cells.map((cell) => cell.trim());
}
