import { Worker } from "node:worker_threads";
import { z } from "zod";
import { codeOf } from "../../../errors.ts";
import { abortError, throwIfAborted } from "../../../net/abort.ts";
import { threadUrl } from "../../../net/thread-url.ts";

/** What a thread is to download. */
export interface DownloadOrder {
  readonly url: string;
  readonly folder: string;
  readonly fileName: string;
  /** The library that downloads. */
  readonly packageName: string;
  /** The variables that name proxies. */
  readonly proxies: Readonly<Record<string, string>>;
}

const messageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), done: z.number(), total: z.number() }),
  z.object({ kind: z.literal("done"), files: z.array(z.string()).min(1) }),
  /** The line is cut, and the server gives no parts of a file. */
  z.object({ kind: z.literal("cut") }),
  z.object({ kind: z.literal("stopped") }),
  z.object({
    kind: z.literal("failed"),
    reason: z.string(),
    code: z.string().optional(),
    missing: z.boolean().optional(),
  }),
]);

export type DownloadMessage = z.infer<typeof messageSchema>;

/** What came of a download. */
export type Downloaded =
  | { readonly kind: "done"; readonly files: readonly string[] }
  | { readonly kind: "cut" | "silent"; readonly done: number }
  | { readonly kind: "failed"; readonly reason: string; readonly code?: string | undefined }
  | { readonly kind: "missing"; readonly reason: string };

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes so far, those of an earlier download included, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** The longest time without a byte, in milliseconds. */
  readonly idleMs: number;
  /** The environment of the thread: where the library finds a token. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Time for what was begun to be written down once it is stopped. */
const STOP_MS = 5_000;

/**
 * Downloads a file, or goes on with a download that was ended. The thread has ended when the promise settles, and what came is
 * kept.
 *
 * @throws the AbortError of `signal`
 */
export async function download(order: DownloadOrder, options: DownloadOptions): Promise<Downloaded> {
  const { signal, onProgress, idleMs, environment } = options;
  throwIfAborted(signal);
  const worker = new Worker(threadUrl("download-worker", import.meta.url), {
    workerData: order,
    env: { ...environment },
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const listening = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    worker.on("exit", resolve);
    worker.on("message", (value: unknown) => messageSchema.parse(value).kind === "stopped" && resolve());
  });
  let timer: NodeJS.Timeout | undefined;
  let done = 0;
  try {
    return await new Promise<Downloaded>((resolve, reject) => {
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => resolve({ kind: "silent", done }), idleMs);
      };
      wait();
      signal?.addEventListener("abort", () => reject(abortError(signal)), { signal: listening.signal });
      worker.on("message", (value: unknown) => {
        const message = messageSchema.parse(value);
        if (message.kind === "progress") {
          if (message.done !== done) wait();
          ({ done } = message);
          onProgress?.(done, message.total);
        } else if (message.kind === "done") resolve(message);
        else if (message.kind === "cut") resolve({ kind: "cut", done });
        else if (message.kind === "failed") {
          const { reason, code, missing } = message;
          resolve(missing === true ? { kind: "missing", reason } : { kind: "failed", reason, code });
        }
      });
      // what it writes is not waited for there, and ends the thread where it fails
      worker.on("error", (error) => resolve({ kind: "failed", reason: error.message, code: codeOf(error) }));
      worker.on("exit", () => resolve({ kind: "failed", reason: "its thread has ended" }));
    });
  } finally {
    clearTimeout(timer);
    listening.abort();
    worker.postMessage("stop", []);
    let patience: NodeJS.Timeout | undefined;
    await Promise.race([stopped, new Promise((resolve) => void (patience = setTimeout(resolve, STOP_MS)))]);
    clearTimeout(patience);
    await worker.terminate();
  }
}
