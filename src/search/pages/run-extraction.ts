import { Worker } from "node:worker_threads";
import { z } from "zod";
import { abortError, throwIfAborted, untilAborted } from "../../net/abort.ts";
import { threadUrl } from "../../net/thread-url.ts";
import { type Extracted, extractedSchema, type Extraction } from "./extraction.ts";

export interface ExtractionLimits {
  /** Time to turn a page into text, in milliseconds. Default 5,000. */
  readonly extractMs?: number;
  /** Memory for it, in megabytes. Default 256. */
  readonly extractMemoryMb?: number;
}

/** The best text there was in time; or why there is none: the file is broken, or the limits were reached. */
export type ExtractionResult = Extracted | "broken" | "too-much" | "no-worker";

const DEFAULT_EXTRACT_MS = 5_000;
const DEFAULT_EXTRACT_MEMORY_MB = 256;

/** Time until the thread has loaded what it needs. Not a matter of the page, but of a busy machine. */
const START_MS = 30_000;

const message = z.union([
  z.object({ begins: z.literal(true) }),
  z.object({ extracted: extractedSchema }),
  z.object({ end: z.enum(["done", "broken"]) }),
]);

/** How often the memory of the process is looked at while a PDF is read. */
const LOOK_MS = 20;

/** Ends when the last PDF that was begun has been read. */
let lastPdf = Promise.resolve();

/**
 * Runs an extraction in a thread of its own, so that no page can hold up the process or take its memory. The thread
 * has ended when the promise settles. Rejects only with the AbortError of `signal`.
 *
 * The limit of a thread does not hold for its buffers, into which a PDF unpacks its streams. So PDFs are read one after
 * another, and the growth of the process is watched meanwhile.
 */
export async function runExtraction(
  extraction: Extraction,
  limits: ExtractionLimits,
  signal: AbortSignal | undefined,
): Promise<ExtractionResult> {
  throwIfAborted(signal);
  if (extraction.content.kind !== "pdf") return runInThread(extraction, limits, signal);
  const read = readInTurn(lastPdf, extraction, limits, signal);
  lastPdf = Promise.allSettled([lastPdf, read]).then(() => undefined);
  return read;
}

async function readInTurn(
  before: Promise<void>,
  ...[extraction, limits, signal]: Parameters<typeof runExtraction>
): Promise<ExtractionResult> {
  await untilAborted(before, signal);
  return runInThread(extraction, limits, signal);
}

async function runInThread(
  extraction: Extraction,
  limits: ExtractionLimits,
  signal: AbortSignal | undefined,
): Promise<ExtractionResult> {
  const memoryMb = limits.extractMemoryMb ?? DEFAULT_EXTRACT_MEMORY_MB;
  const worker = new Worker(threadUrl("extraction-worker", import.meta.url), {
    workerData: extraction,
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  const listening = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;
  let best: Extracted | undefined;
  try {
    return await new Promise<ExtractionResult>((resolve, reject) => {
      const end = (reason: "broken" | "too-much" | "no-worker"): void => resolve(best ?? reason);
      timer = setTimeout(end, START_MS, "no-worker");
      signal?.addEventListener("abort", () => reject(abortError(signal)), { signal: listening.signal });
      worker.on("message", (value: unknown) => {
        const posted = message.parse(value);
        if ("begins" in posted) {
          clearTimeout(timer);
          timer = setTimeout(end, limits.extractMs ?? DEFAULT_EXTRACT_MS, "too-much");
          if (extraction.content.kind !== "pdf") return;
          const most = memoryInUse() + memoryMb * 2 ** 20;
          watch = setInterval(() => memoryInUse() > most && end("too-much"), LOOK_MS);
        } else if ("extracted" in posted) best = posted.extracted;
        else end("broken");
      });
      worker.on("error", (error) => end(isOutOfMemory(error) ? "too-much" : "no-worker"));
      worker.on("exit", () => end("no-worker"));
    });
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
    listening.abort();
    await worker.terminate();
  }
}

/** Of the whole process, in bytes. */
function memoryInUse(): number {
  // oxlint-disable-next-line no-restricted-globals -- a measurement, and nothing that the process was given
  return process.memoryUsage.rss();
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
