import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Surroundings, TextOutput } from "./surroundings.ts";

/** Lines that are typed or piped in. */
export interface LineReader {
  /** True when somebody types at a terminal: then there is a prompt, and Ctrl-C comes here, not as a signal. */
  readonly interactive: boolean;
  /**
   * The next line, under another prompt if one is given; `null` when there is no more, or Ctrl-C was pressed twice at
   * the prompt. `hidden`: what is typed is not shown. `fresh`: lines that came before it was asked for are no answer,
   * and are left for later.
   */
  next(options?: {
    readonly prompt?: string;
    readonly hidden?: boolean;
    readonly fresh?: boolean;
  }): Promise<string | null>;
  close(): void;
}

export interface LineReaderOptions {
  readonly prompt: string;
  /** Ctrl-C while no line is waited for. */
  readonly onInterrupt: () => void;
  /** False: no line can be had again with the arrow keys. @default true */
  readonly history?: boolean;
}

/** Reads lines, also those that come while nobody waits for one; what is typed meanwhile shows at the next prompt. */
export function createLineReader(
  { stdin, stdout, stderr, status }: Pick<Surroundings, "stdin" | "stdout" | "stderr" | "status">,
  { prompt, onInterrupt, history = true }: LineReaderOptions,
): LineReader {
  const screen = [stdout, stderr].find((output) => output.isTTY === true);
  const echo = stdin.isTTY === true && screen !== undefined ? new Echo(screen) : undefined;
  const lines = createInterface({
    input: stdin,
    crlfDelay: Infinity,
    terminal: echo !== undefined,
    prompt,
    ...(!history && { historySize: 0 }),
    ...(echo !== undefined && { output: echo }),
  });
  const ready: string[] = [];
  let ended = false;
  let warned = false;
  let hidden = false;
  let waiting: ((line: string | null) => void) | undefined;

  function hand(line: string | null): void {
    const resolve = waiting;
    waiting = undefined;
    if (hidden) {
      hidden = false;
      if (echo !== undefined) echo.muted = false;
      echo?.write("\n");
    }
    if (echo !== undefined) echo.muted = true;
    resolve?.(line);
  }

  lines.on("line", (line) => {
    warned = false;
    if (waiting === undefined) ready.push(line);
    else hand(line);
  });
  lines.on("close", () => {
    ended = true;
    hand(null);
  });
  lines.on("SIGINT", () => {
    if (waiting === undefined) return onInterrupt();
    if (warned) return lines.close();
    warned = true;
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
    echo?.write("\n(Ctrl-C once more, or Ctrl-D, ends.)\n");
    lines.prompt();
  });

  return {
    interactive: echo !== undefined,
    next(options = {}) {
      const line = options.fresh === true ? undefined : ready.shift();
      if (line !== undefined) return Promise.resolve(line);
      if (ended) return Promise.resolve(null);
      return new Promise((resolve) => {
        waiting = resolve;
        if (echo === undefined) return;
        status?.hide();
        echo.muted = false;
        lines.setPrompt(options.prompt ?? prompt);
        lines.prompt(true);
        hidden = options.hidden ?? false;
        echo.muted = hidden;
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
