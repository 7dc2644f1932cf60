import { Writable } from "node:stream";
import picocolors from "picocolors";
import stringWidth from "string-width";
import type { Rendering } from "../../../src/cli/terminal/rendering.ts";

const ESC = String.fromCharCode(27);
const LINK = `${ESC}\\]8;;[^${ESC}]*${ESC}\\\\`;
const SEQUENCES = new RegExp(`${ESC}\\[[\\d;]*m|${LINK}`, "g");
const TOKENS = new RegExp(`${ESC}\\[[\\d;]*[A-Za-z]|${LINK}|[^]`, "gu");
const MOVE = new RegExp(`^${ESC}\\[(\\d*)([A-Za-z])$`);

/** A terminal of so many columns that keeps what is written to it. */
export class Terminal extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  raw = "";

  constructor(columns: number) {
    super({ decodeStrings: false });
    this.columns = columns;
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.raw += String(chunk);
    done();
  }

  /** Without colours and links. */
  get text(): string {
    return this.raw.replaceAll(SEQUENCES, "");
  }

  /** Rows that are wider than the terminal. */
  get tooWide(): readonly string[] {
    return this.text.split("\n").filter((row) => stringWidth(row) > this.columns);
  }
}

export function rendering(terminal: Terminal, more: Partial<Rendering> = {}): Rendering {
  return {
    paint: picocolors.createColors(true),
    links: false,
    addressOf: () => undefined,
    width: terminal.columns,
    ...more,
  };
}

/** A text cut at these places, which are taken modulo its length. */
export function cutAt(text: string, places: readonly number[]): readonly string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...ends, text.length].map((end, at) => text.slice(ends[at - 1] ?? 0, end));
}

/** What a terminal of so many columns shows: it folds rows, and knows the sequences of the status line. */
export function rowsOf(raw: string, columns: number): readonly string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  for (const [token] of raw.matchAll(TOKENS)) {
    const [, amount, command] = MOVE.exec(token) ?? [];
    if (command === "A") row -= Number(amount);
    else if (command === "G") column = Math.min(Number(amount), columns) - 1;
    else if (command === "K") rows[row] = [];
    else if (token === "\r") column = 0;
    else if (token === "\n") [row, column] = [row + 1, 0];
    else if (!token.startsWith("\u001B")) {
      const width = stringWidth(token);
      if (column + width > columns) [row, column] = [row + 1, 0];
      (rows[row] ??= [])[column] = token;
      column += width;
    }
    rows[row] ??= [];
  }
  while (rows.length > row + 1) rows.pop();
  return rows.map((cells) => Array.from(cells, (cell) => cell ?? "").join(""));
}
