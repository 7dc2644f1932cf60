import { Worker } from "node:worker_threads";
import { z } from "zod";
import { messageOf } from "../../../errors.ts";
import { threadUrl } from "../../../net/thread-url.ts";
import { isQuicklyRead, type NamedFile, parseFile } from "./file.ts";

export interface ReadingLimits {
  /** Time for one file, in milliseconds. Default 60,000. */
  readonly fileMs?: number;
  /** Memory for it, in megabytes. Default 1,024. */
  readonly fileMemoryMb?: number;
}

/** Reads files one after another. */
export interface DocumentReading {
  /** Rejects for a file that is broken, or takes too much time or memory: the message says what is wrong with it. */
  read(path: string, bytes: Uint8Array): Promise<NamedFile>;
  close(): Promise<void>;
}

const DEFAULT_FILE_MS = 60_000;
const DEFAULT_FILE_MEMORY_MB = 1_024;
const LOOK_MS = 50;

const optionalLine = z.string().optional();
const reply = z.union([
  z.object({
    file: z.object({
      title: z.string(),
      url: optionalLine,
      date: optionalLine,
      text: z.string(),
      problem: optionalLine,
      sections: z.array(
        z.object({ text: z.string(), page: z.number().optional(), headings: z.array(z.string()) }),
      ),
    }),
  }),
  z.object({ broken: z.string() }),
]);

/**
 * What can take long or much memory is read in one thread, which is ended, and begun anew for the next file, where a file
 * takes too much of either. The limit of a thread does not hold for its buffers, so the process is watched as well.
 */
export function createDocumentReading(limits: ReadingLimits = {}): DocumentReading {
  const fileMs = limits.fileMs ?? DEFAULT_FILE_MS;
  const memoryMb = limits.fileMemoryMb ?? DEFAULT_FILE_MEMORY_MB;
  let thread: Worker | undefined;

  async function end(): Promise<void> {
    const ended = thread;
    thread = undefined;
    await ended?.terminate();
  }
  async function readInThread(path: string, bytes: Uint8Array): Promise<NamedFile> {
    thread ??= new Worker(threadUrl("reading-worker", import.meta.url), {
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    const worker = thread;
    const listening = new AbortController();
    const most = memoryInUse() + 2 * memoryMb * 2 ** 20;
    let timer: NodeJS.Timeout | undefined;
    let watch: NodeJS.Timeout | undefined;
    try {
      const answer = await new Promise<unknown>((resolve, reject) => {
        const once = (event: string, listener: (value: unknown) => void): void => {
          worker.on(event, listener);
          listening.signal.addEventListener("abort", () => worker.off(event, listener));
        };
        timer = setTimeout(
          () => reject(new UnreadableFile(`it takes more than ${fileMs / 1_000} s to read`)),
          fileMs,
        );
        watch = setInterval(() => {
          if (memoryInUse() > most) reject(new UnreadableFile("it takes too much memory to read"));
        }, LOOK_MS);
        once("message", resolve);
        once("error", (error) => reject(explainThread(error)));
        once("exit", () => reject(new Error("it ended the thread that read it")));
        worker.postMessage({ path, bytes }, []);
      });
      const read = reply.parse(answer);
      if ("file" in read) return read.file;
      throw new BrokenFile(read.broken);
    } catch (error) {
      if (!(error instanceof BrokenFile)) await end();
      throw error;
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
      listening.abort();
    }
  }

  return {
    read: async (path, bytes) =>
      isQuicklyRead(path, bytes.length) ? readHere(path, bytes) : readInThread(path, bytes),
    close: end,
  };
}

/** What cannot be read because of what it holds: it need not be tried again until it changes. */
export class UnreadableFile extends Error {}

/** The thread is well, the file is not. */
class BrokenFile extends UnreadableFile {}

async function readHere(path: string, bytes: Uint8Array): Promise<NamedFile> {
  try {
    return await parseFile(path, bytes);
  } catch (error) {
    throw new UnreadableFile(messageOf(error), { cause: error });
  }
}

function explainThread(error: unknown): Error {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return new UnreadableFile("it takes too much memory to read");
  return new Error(
    "the thread that reads it did not run; check that the package is installed whole, or that its bundler keeps reading-worker.js",
  );
}

/** Of the whole process, in bytes. */
function memoryInUse(): number {
  // oxlint-disable-next-line no-restricted-globals -- a measurement, and nothing that the process was given
  return process.memoryUsage.rss();
}
