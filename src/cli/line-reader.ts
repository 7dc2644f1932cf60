import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Surroundings, TextOutput } from "./surroundings.ts";

/** Lines that are typed or piped in. */
export interface LineReader {
  /** The next line; `null` when there is no more. At a terminal it is asked for with a prompt. */
  next(): Promise<string | null>;
  /** True when a person types at a terminal that this reader controls: Ctrl-C comes here, not as a signal. */
  readonly interactive: boolean;
  close(): void;
}

export interface LineReaderOptions {
  readonly prompt: string;
  /** Ctrl-C at the terminal; `typed` is true while a line is waited for. */
  readonly onInterrupt: (typed: boolean) => void;
}

/** Reads lines, also those that come while nobody waits for one. What is typed then shows at the next prompt. */
export function createLineReader(
  { stdin, stdout, stderr }: Pick<Surroundings, "stdin" | "stdout" | "stderr">,
  { prompt, onInterrupt }: LineReaderOptions,
): LineReader {
  const screen = [stdout, stderr].find((output) => output.isTTY === true);
  const echo = screen === undefined ? undefined : createEcho(screen);
  const interactive = stdin.isTTY === true && echo !== undefined;
  const lines = createInterface({
    input: stdin,
    ...(interactive && { output: echo, terminal: true, prompt }),
    ...(!interactive && { terminal: false }),
    crlfDelay: Infinity,
  });
  const ready: string[] = [];
  let ended = false;
  let waiting: ((line: string | null) => void) | undefined;

  function hand(line: string | null): void {
    const resolve = waiting;
    waiting = undefined;
    if (interactive) echo.muted = true;
    resolve?.(line);
  }

  lines.on("line", (line) => {
    if (waiting === undefined) ready.push(line);
    else hand(line);
  });
  lines.on("close", () => {
    ended = true;
    hand(null);
  });
  lines.on("SIGINT", () => {
    const typed = waiting !== undefined;
    if (typed) lines.write(null, { ctrl: true, name: "e" });
    if (typed) lines.write(null, { ctrl: true, name: "u" });
    onInterrupt(typed);
    if (waiting !== undefined) lines.prompt();
  });

  return {
    interactive,
    next() {
      const line = ready.shift();
      if (line !== undefined) return Promise.resolve(line);
      if (ended) return Promise.resolve(null);
      return new Promise((resolve) => {
        waiting = resolve;
        if (!interactive) return;
        echo.muted = false;
        lines.prompt(true);
      });
    },
    close: () => lines.close(),
  };
}

/** The terminal as readline writes to it: in silence while an answer is shown. */
class Echo extends Writable {
  muted = false;
  readonly isTTY = true;
  readonly #screen: TextOutput;

  constructor(screen: TextOutput) {
    super({ decodeStrings: false });
    this.#screen = screen;
  }

  get columns(): number | undefined {
    return this.#screen.columns;
  }

  override _write(text: unknown, _encoding: BufferEncoding, done: () => void): void {
    if (!this.muted) this.#screen.write(String(text));
    done();
  }
}

function createEcho(screen: TextOutput): Echo {
  return new Echo(screen);
}
