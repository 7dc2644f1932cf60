import { countBy } from "../groups.ts";
import type { CalibrationBin, Estimate } from "../statistics.ts";
import { element, type Html } from "./html.ts";

const WIDTH = 640;
const LABEL = 190;
const ROW = 26;

/** A mean with its interval, in a named row. */
export interface IntervalRow {
  readonly label: string;
  /** Colours rows of one kind alike: 0 is the first kind. */
  readonly kind: number;
  readonly estimate: Estimate;
}

function at(share: number): number {
  return LABEL + share * (WIDTH - LABEL - 60);
}

/** Behind which the row of a name begins. */
function labelOf(name: string, y: number): Html {
  return element(
    "text",
    { class: "label", x: LABEL - 10, y, "text-anchor": "end" },
    ...fitted(name, LABEL - 10),
  );
}

/** How wide a letter is at most, in units of the plot: of the scripts that are written in squares, and of others. */
const [SQUARE, LETTER] = [12, 8];

/** A text as wide as there is room, without its middle where it is longer; then all of it is its title. */
function fitted(text: string, room: number): readonly (Html | string)[] {
  const letters = Array.from(text);
  const widthOf = (letter: string): number =>
    /[\p{L}\p{S}]/u.test(letter) && letter > "\u1100" ? SQUARE : LETTER;
  const width = letters.reduce((sum, letter) => sum + widthOf(letter), 0);
  if (width <= room) return [text];
  const half = Math.max(1, Math.floor((letters.length * (room - SQUARE)) / width / 2));
  const shown = `${letters.slice(0, half).join("")}…${letters.slice(-half).join("")}`;
  return [element("title", {}, text), shown];
}

/** Dots with their intervals on a scale from 0 to 1. */
export function intervalPlot(title: string, rows: readonly IntervalRow[]): Html {
  const height = rows.length * ROW + 28;
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((value) => [
    element("line", { class: "grid", x1: at(value), x2: at(value), y1: 4, y2: height - 24 }),
    element(
      "text",
      { class: "tick", x: at(value), y: height - 8, "text-anchor": "middle" },
      `${value * 100}`,
    ),
  ]);
  const marks = rows.flatMap(({ label, kind, estimate: { mean, low, high } }, index) => {
    const y = index * ROW + 18;
    return [
      labelOf(label, y + 4),
      element("line", { class: `whisker kind${kind % 5}`, x1: at(low), x2: at(high), y1: y, y2: y }),
      element("circle", { class: `dot kind${kind % 5}`, cx: at(mean), cy: y, r: 4.5 }),
      element("text", { class: "value", x: at(1) + 10, y: y + 4 }, (100 * mean).toFixed(1)),
    ];
  });
  return figure(title, height, [...grid, ...marks]);
}

/** A bar for each name and each series, as a share of the series. */
export function barPlot(
  title: string,
  series: readonly { readonly name: string; readonly counts: Readonly<Record<string, number>> }[],
): Html {
  const names = [...new Set(series.flatMap(({ counts }) => Object.keys(counts)))].sort((left, right) =>
    left.localeCompare(right, "en", { numeric: true }),
  );
  const room = WIDTH - LABEL - 110;
  let y = 4;
  const marks: Html[] = [];
  for (const name of names) {
    marks.push(labelOf(name, y + 13));
    for (const [kind, { name: whose, counts }] of series.entries()) {
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
      const count = counts[name] ?? 0;
      const width = all === 0 ? 0 : (room * count) / all;
      marks.push(
        element("rect", { class: `bar kind${kind % 5}`, x: LABEL, y, width: width.toFixed(1), height: 16 }),
        element(
          "text",
          { class: "value", x: LABEL + width + 6, y: y + 13 },
          ...(series.length === 1 ? [`${count}`] : fitted(`${count} ${whose}`, WIDTH - LABEL - width - 6)),
        ),
      );
      y += 19;
    }
    y += 6;
  }
  return figure(title, y + 4, marks);
}

/** How many runs took how long, in bins that double. */
export function durationCounts(milliseconds: readonly number[]): Readonly<Record<string, number>> {
  const counts = countBy(milliseconds, (value) =>
    String(Math.max(0, Math.ceil(Math.log2(Math.max(1, value) / 250)))),
  );
  return Object.fromEntries(
    Object.entries(counts).map(([bin, count]) => [`up to ${(250 * 2 ** Number(bin)) / 1000} s`, count]),
  );
}

/** Accuracy over told confidence; on the diagonal both agree. */
export function reliabilityPlot(title: string, bins: readonly CalibrationBin[]): Html {
  const side = 260;
  const x = (value: number): number => 60 + value * side;
  const y = (value: number): number => 10 + (1 - value) * side;
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  return figure(title, side + 50, [
    element("rect", { class: "frame", x: x(0), y: y(1), width: side, height: side }),
    element("line", { class: "grid", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    ...bins.map((bin) =>
      element("circle", {
        class: "dot kind0",
        cx: x(bin.confidence),
        cy: y(bin.accuracy),
        r: (4 + 10 * Math.sqrt(bin.count / count)).toFixed(1),
      }),
    ),
    element(
      "text",
      { class: "tick", x: x(0.5), y: side + 38, "text-anchor": "middle" },
      "told confidence, 0 to 100 %",
    ),
    element("text", { class: "tick", x: 50, y: y(1) + 8, "text-anchor": "end" }, "right"),
    element("text", { class: "tick", x: 50, y: y(0), "text-anchor": "end" }, "wrong"),
  ]);
}

function figure(title: string, height: number, marks: readonly Html[]): Html {
  const svg = element(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": title },
    ...marks,
  );
  return element("figure", {}, element("figcaption", {}, title), svg);
}
