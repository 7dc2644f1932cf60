import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { columnsOf, cut } from "./line-wrapper.ts";
import { printableLine } from "./printable.ts";
import { createPaint, type PaintOptions } from "./paint.ts";
import type { Status, Surroundings, TextOutput } from "./surroundings.ts";

/** After this time without a word the line is shown, and then anew each second. */
const QUIET_MS = 400;
const TICK_MS = 1_000;

const ERASE = "\r\u001B[2K";
const UP = "\u001B[1A";

/** The outputs of a terminal with a line of status below what is written to them. */
export interface StatusScreen extends Status {
  /** The same output; what is written to it takes the status away first. */
  readonly over: (output: TextOutput) => TextOutput;
}

/**
 * A status line on a terminal. It is drawn below a line that is being written, too, so the column of that line is kept.
 * `log-update` and its like know no such line: they begin where a line has ended.
 */
export function createStatusScreen(
  screen: TextOutput,
  {
    dim,
    now = () => performance.now(),
  }: { readonly dim: (text: string) => string; readonly now?: () => number },
): StatusScreen {
  let what: string | undefined;
  let since = 0;
  let column = 0;
  let isDrawn = false;
  /** The cursor is back on the last cell of a full row, and not behind it, where the next character would begin a new one. */
  let isOnEdge = false;
  let timer: NodeJS.Timeout | undefined;

  function erase(): void {
    if (!isDrawn) return;
    isDrawn = false;
    isOnEdge = column === columnsOf(screen);
    screen.write(column === 0 ? ERASE : `${ERASE}${UP}\u001B[${column + 1}G`);
  }
  function draw(): void {
    if (what === undefined) return;
    const seconds = Math.floor((now() - since) / 1000);
    const text = cut(`${what} · ${seconds} s`, (columnsOf(screen) ?? 80) - 1);
    screen.write(`${isDrawn ? ERASE : column === 0 ? "" : "\n"}${dim(text)}`);
    isDrawn = true;
    later(TICK_MS);
  }
  function later(milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(draw, milliseconds);
    timer.unref();
  }
  function write(output: TextOutput, text: string): void {
    const seen = stripVTControlCharacters(text);
    output.write(isOnEdge && /^[^\r\n]/u.test(seen) ? `\n${text}` : text);
    isOnEdge &&= seen === "";
  }
  function follow(text: string): void {
    const last = text.lastIndexOf("\n");
    column = (last < 0 ? column : 0) + stringWidth(text.slice(last + 1));
    const columns = columnsOf(screen);
    if (columns !== undefined && column > columns) column = ((column - 1) % columns) + 1;
  }

  return {
    show(text) {
      const line = printableLine(text);
      if (what === line) return;
      const isFirst = what === undefined;
      what = line;
      since = now();
      if (isFirst && column === 0) draw();
      else if (!isDrawn) later(QUIET_MS);
      else draw();
    },
    hide() {
      clearTimeout(timer);
      what = undefined;
      erase();
    },
    over: (output) =>
      new Below(output, (text) => {
        erase();
        write(output, text);
        follow(text);
        if (what !== undefined) later(QUIET_MS);
      }),
  };
}

/** The outputs, with a status on the first that is a terminal and takes colours; else as they are. */
export function withStatus(
  outputs: Pick<Surroundings, "stdout" | "stderr">,
  options: PaintOptions,
): Pick<Surroundings, "stdout" | "stderr" | "status"> {
  const { stdout, stderr } = outputs;
  const screen = [stdout, stderr].find((output) => createPaint(output, options).isColorSupported);
  if (screen === undefined) return outputs;
  const status = createStatusScreen(screen, createPaint(screen, options));
  const over = (output: TextOutput): TextOutput => (output.isTTY === true ? status.over(output) : output);
  return { stdout: over(stdout), stderr: over(stderr), status };
}

class Below extends Writable {
  readonly isTTY = true;
  readonly #output: TextOutput;
  readonly #send: (text: string) => void;

  constructor(output: TextOutput, send: (text: string) => void) {
    super({ decodeStrings: false });
    this.#output = output;
    this.#send = send;
  }

  get columns(): number | undefined {
    return this.#output.columns;
  }

  override _write(text: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.#send(String(text));
    done();
  }
}
