import stringWidth from "string-width";
import { breakable, mayBreakBetween } from "./line-breaks.ts";
import type { Style } from "./line-wrapper.ts";
import type { Line, Rendering, Span } from "./rendering.ts";

const GAP = "  ";
/** Columns that are narrower than this are no columns any more. */
const NARROWEST = 8;

const plain: Style = (text) => text;

type Cell = readonly Span[];

/** A table whose cells are wrapped to fit; where the terminal is too narrow for that, one line a cell. */
export function tableLines(
  rows: readonly (readonly Cell[])[],
  align: readonly (string | null)[],
  { paint, width }: Pick<Rendering, "paint" | "width">,
): readonly Line[] {
  const [head = [], ...body] = rows;
  const count = head.length;
  const natural = head.map((_, column) => Math.max(1, ...rows.map((row) => widthOf(row[column] ?? []))));
  const room = width - GAP.length * (count - 1);
  const widths = fitted(natural, room);
  const bold = head.map((cell) =>
    cell.map(({ text, style }) => ({ text, style: (shown: string) => paint.bold(style(shown)) })),
  );
  if (widths === undefined) return records(bold, body);
  const rule = widths.map((size) => "─".repeat(size)).join(GAP);
  return [
    ...rowLines(bold, widths, align),
    line([{ text: rule, style: paint.dim }]),
    ...body.flatMap((row) => rowLines(row, widths, align)),
  ];
}

/** The natural widths, the widest made narrower until all fit; undefined where they cannot. */
function fitted(natural: readonly number[], room: number): readonly number[] | undefined {
  const widths = [...natural];
  let excess = widths.reduce((sum, size) => sum + size, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) return undefined;
    widths[widths.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}

function rowLines(
  row: readonly Cell[],
  widths: readonly number[],
  align: readonly (string | null)[],
): readonly Line[] {
  const cells = widths.map((size, column) => wrappedCell(row[column] ?? [], size));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    line(
      widths.flatMap((size, column) => {
        const spans = cells[column]?.[at] ?? [];
        const rest = Math.max(0, size - widthOf(spans));
        const before =
          align[column] === "right" ? rest : align[column] === "center" ? Math.floor(rest / 2) : 0;
        const isLast = column === widths.length - 1;
        return [
          { text: " ".repeat(before), style: plain },
          ...spans,
          { text: isLast ? "" : " ".repeat(rest - before) + GAP, style: plain },
        ].filter(({ text }) => text !== "");
      }),
    ),
  );
}

/** One cell in rows that are no wider than its column. */
function wrappedCell(cell: Cell, size: number): readonly (readonly Span[])[] {
  const rows: Span[][] = [[]];
  let used = 0;
  for (const { text, style } of cell.flatMap(pieces)) {
    const width = stringWidth(text);
    const isSpace = text.trim() === "";
    if (used > 0 && used + width > size && !isSpace) {
      rows.push([]);
      used = 0;
    }
    if (isSpace && (used === 0 || used + width > size)) continue;
    // a word that is wider than its column is cut
    for (const part of width <= size ? [text] : chunks(text, size)) {
      if (used > 0 && used + stringWidth(part) > size) {
        rows.push([]);
        used = 0;
      }
      rows.at(-1)?.push({ text: part, style });
      used += stringWidth(part);
    }
  }
  return rows;
}

function pieces({ text, style }: Span): readonly Span[] {
  const found: string[] = [];
  for (const run of text.split(/(\s+)/u)) {
    let current = "";
    for (const character of run) {
      if (current !== "" && mayBreakBetween(Array.from(current).at(-1) ?? "", character)) {
        found.push(current);
        current = "";
      }
      current += character;
    }
    found.push(...breakable(current));
  }
  return found.filter((part) => part !== "").map((part) => ({ text: part, style }));
}

const graphemes = new Intl.Segmenter();

function chunks(text: string, size: number): readonly string[] {
  const found: string[] = [];
  for (const { segment } of graphemes.segment(text)) {
    const last = found.at(-1);
    if (last !== undefined && stringWidth(last + segment) <= size) found[found.length - 1] = last + segment;
    else found.push(segment);
  }
  return found;
}

/** Each row as lines of its own, `heading: cell`. */
function records(head: readonly Cell[], body: readonly (readonly Cell[])[]): readonly Line[] {
  return body.flatMap((row, at) => [
    ...(at > 0 ? [line([])] : []),
    ...head.flatMap((heading, column) => {
      const cell = row[column] ?? [];
      if (cell.length === 0) return [];
      return [
        {
          ...line([...heading, { text: ": ", style: plain }, ...cell]),
          hang: { text: GAP, style: plain },
          verbatim: false,
        },
      ];
    }),
  ]);
}

function line(spans: readonly Span[]): Line {
  return { prefix: [], hang: { text: "", style: plain }, spans, verbatim: true };
}

function widthOf(spans: readonly Span[]): number {
  return stringWidth(spans.map(({ text }) => text).join(""));
}
