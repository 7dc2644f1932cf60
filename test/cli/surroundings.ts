import { Readable, Writable } from "node:stream";
import type { SignalName, Surroundings } from "../../src/cli/terminal/surroundings.ts";

export interface Stage {
  readonly surroundings: Surroundings;
  /** What was written so far. */
  readonly out: () => string;
  readonly err: () => string;
  readonly send: (name: SignalName) => void;
  /** How many listen for signals. */
  readonly listening: () => number;
  readonly left: readonly number[];
}

export interface StageOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether stdout, stderr and stdin are terminals. @default false */
  readonly terminal?: boolean;
  readonly stdin?: string;
  readonly folder?: string;
  readonly nodeVersion?: string;
  /** Where model servers are looked for. @default nowhere */
  readonly localServers?: readonly string[];
}

/** A process to run the program in, without one. */
export function createStage(options: StageOptions = {}): Stage {
  const {
    environment = {},
    terminal = false,
    stdin = "",
    folder = "/nowhere",
    nodeVersion = "20.19.0",
    localServers = [],
  } = options;
  const listeners = new Set<(name: SignalName) => void>();
  const left: number[] = [];
  const stdout = collector(terminal);
  const stderr = collector(terminal);
  return {
    surroundings: {
      stdin: Object.assign(Readable.from(stdin === "" ? [] : [stdin]), { isTTY: terminal }),
      stdout,
      stderr,
      environment,
      folder,
      nodeVersion,
      localServers: { addresses: localServers, timeoutMs: 10_000 },
      onSignal(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      leave: (exitCode) => left.push(exitCode),
    },
    out: () => stdout.text,
    err: () => stderr.text,
    send(name) {
      for (const listener of listeners) listener(name);
    },
    listening: () => listeners.size,
    left,
  };
}

class Collector extends Writable {
  text = "";
  readonly isTTY: boolean;

  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

function collector(isTTY: boolean): Collector {
  return new Collector(isTTY);
}
