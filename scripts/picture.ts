import { writeFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { runProgram } from "../src/cli/program.ts";

// Draws docs/run.svg, the picture in the README: a real run of the command line, with the colours of its terminal.

const ROOT = new URL("../", import.meta.url);
const QUESTION = "What is SearXNG, and under which licence is it published?";
const COLUMNS = 96;
const CELL = { width: 7.8, height: 18, font: 13 };
const MARGIN = 20;

/** SGR codes of the terminal → how they are drawn. */
const STYLES: Readonly<Record<string, string>> = {
  "1": 'font-weight="bold"',
  "2": 'fill="#8b949e"',
  "3": 'font-style="italic"',
  "31": 'fill="#ff7b72"',
  "32": 'fill="#7ee787"',
  "33": 'fill="#e3b341"',
  "34": 'fill="#79c0ff"',
  "35": 'fill="#d2a8ff"',
  "36": 'fill="#76e3ea"',
  "90": 'fill="#8b949e"',
};
/** Which styles each closing code ends. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  "22": ["1", "2"],
  "23": ["3"],
  "39": ["31", "32", "33", "34", "35", "36", "90"],
};

async function run(): Promise<string> {
  const chunks: Buffer[] = [];
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: COLUMNS });
  terminal.on("data", (chunk: Buffer) => chunks.push(chunk));
  await runProgram(["ask", QUESTION], {
    stdin: new PassThrough(),
    stdout: terminal,
    stderr: terminal,
    environment: {},
    folder: fileURLToPath(ROOT),
    localServers: { addresses: [], timeoutMs: 0 },
    nodeVersion: process.versions.node,
    onSignal: () => () => undefined,
    leave: (exitCode) => process.exit(exitCode),
  });
  return Buffer.concat(chunks).toString("utf8");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

interface Piece {
  readonly text: string;
  readonly styles: readonly string[];
}

/** Text with terminal codes, as lines of pieces that are drawn alike. */
function styledLines(output: string): readonly (readonly Piece[])[] {
  const styles = new Set<string>();
  return output.split("\n").map((line) =>
    line.split("\u001B[").flatMap((part, index): readonly Piece[] => {
      const [, codes = "", text = ""] =
        index === 0 ? [part, "", part] : (/^([\d;]*)m(.*)$/s.exec(part) ?? []);
      for (const code of codes.split(";").filter((each) => each !== "")) {
        if (code === "0") styles.clear();
        else if (ENDS[code] === undefined) styles.add(code);
        else for (const ended of ENDS[code]) styles.delete(ended);
      }
      return text === "" ? [] : [{ text, styles: [...styles] }];
    }),
  );
}

/** Neighbours that are drawn alike as one piece. */
function merged(line: readonly Piece[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const piece of line) {
    const last = pieces.at(-1);
    if (last?.styles.join() !== piece.styles.join()) pieces.push(piece);
    else pieces[pieces.length - 1] = { ...last, text: last.text + piece.text };
  }
  return pieces;
}

function drawn(line: readonly Piece[], row: number): string {
  const spans = line.map(({ text, styles }) => {
    const attributes = styles.map((style) => STYLES[style]).filter((style) => style !== undefined);
    return attributes.length === 0
      ? escaped(text)
      : `<tspan ${attributes.join(" ")}>${escaped(text)}</tspan>`;
  });
  return `<text x="${String(MARGIN)}" y="${String(MARGIN + (row + 1) * CELL.height)}" xml:space="preserve">${spans.join("")}</text>`;
}

const prompt: readonly Piece[] = [
  { text: "$ ", styles: ["32"] },
  { text: `npx langgraph-agentic-rag "${QUESTION}"`, styles: ["1"] },
];
const lines = [prompt, [], ...styledLines((await run()).trimEnd()).map(merged)];
const width = 2 * MARGIN + COLUMNS * CELL.width;
const height = 2 * MARGIN + (lines.length + 0.5) * CELL.height;
const size = `width="${String(width)}" height="${String(height)}"`;
writeFileSync(
  new URL("docs/run.svg", ROOT),
  `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="A run in a terminal">
<rect ${size} rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${String(CELL.font)}" fill="#e6edf3">
${lines.map(drawn).join("\n")}
</g>
</svg>
`,
);
