/** What something comes to at each size. */
export interface Line {
  readonly name: string;
  readonly values: readonly number[];
}

const [WIDTH, HEIGHT] = [640, 400];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 150, 20, 44];
const COLOURS = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e"];

/**
 * An SVG: both axes logarithmic, each line in multiples of its first value, from a half on, beside a dashed one that grows as
 * the size does.
 */
export function drawGrowth(sizes: readonly number[], lines: readonly Line[]): string {
  const [first = 1] = sizes;
  const most = (sizes.at(-1) ?? first) / first;
  const x = (size: number): number =>
    LEFT + (Math.log2(size / first) / Math.log2(most)) * (WIDTH - LEFT - RIGHT);
  const y = (multiple: number): number =>
    HEIGHT - BOTTOM - (Math.log2(2 * multiple) / Math.log2(4 * most)) * (HEIGHT - TOP - BOTTOM);
  const path = (values: readonly number[]): string =>
    values
      .map(
        (value, at) =>
          `${at === 0 ? "M" : "L"}${round(x(sizes[at] ?? first))} ${round(y(value / (values[0] ?? 1)))}`,
      )
      .join(" ");

  const columns = sizes.map(
    (size) =>
      `<path d="M${round(x(size))} ${TOP} V${HEIGHT - BOTTOM}" class="grid"/>` +
      text([x(size), HEIGHT - BOTTOM + 18], `${size / 1024} k`, 'text-anchor="middle"'),
  );
  const multiples = Array.from({ length: Math.log2(most) + 3 }, (_, at) => 2 ** (at - 1));
  const rows = multiples.map(
    (multiple) =>
      `<path d="M${LEFT} ${round(y(multiple))} H${WIDTH - RIGHT}" class="grid"/>` +
      text([LEFT - 8, y(multiple) + 4], multiple < 1 ? "× ½" : `× ${multiple}`, 'text-anchor="end"'),
  );
  const ideal = `<path d="${path(sizes)}" stroke="#888" stroke-dasharray="5 4"/>`;
  const drawn = lines.map(({ values }, at) => `<path d="${path(values)}" stroke="${COLOURS[at]}"/>`);
  const legend = [
    ...lines.map(({ name }, at) => [name, COLOURS[at]] as const),
    ["as the length", "#888"] as const,
  ].map(
    ([name, colour], at) =>
      `<path d="M${WIDTH - RIGHT + 14} ${TOP + 14 + at * 22} h18" stroke="${colour}"/>` +
      text([WIDTH - RIGHT + 38, TOP + 18 + at * 22], name),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="What a longer transcript costs">
<style>text{font:13px sans-serif;fill:#222}path{fill:none;stroke-width:2}.grid{stroke:#ddd;stroke-width:1}</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${[...columns, ...rows, ideal, ...drawn, ...legend].join("\n")}
${text([(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6], "tokens of the transcript", 'text-anchor="middle"')}
</svg>
`;
}

function text(at: readonly [x: number, y: number], words: string, attributes = ""): string {
  return `<text x="${round(at[0])}" y="${round(at[1])}" ${attributes}>${words}</text>`;
}

function round(value: number): string {
  return value.toFixed(1);
}
