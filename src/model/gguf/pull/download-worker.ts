import { setTimeout as delay } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { AgenticRagError, codeOf, messageOf } from "../../../errors.ts";
import { loadPackage } from "../../../net/optional-package.ts";
import { createProxyFetch } from "../../../net/proxy.ts";
import type { DownloadMessage, DownloadOrder } from "./download.ts";

/** What is used of `node-llama-cpp`. */
interface DownloadLibrary {
  createModelDownloader(options: {
    readonly modelUri: string;
    readonly dirPath: string;
    readonly fileName: string;
    readonly deleteTempFileOnCancel: false;
    readonly onProgress: (progress: { readonly downloadedSize: number; readonly totalSize: number }) => void;
  }): Promise<{
    readonly filesInfo: readonly { readonly filePath: string }[];
    download(): Promise<string>;
    cancel(): Promise<void>;
  }>;
}

/** Time for what it writes to be written, which it does not wait for. */
const SETTLE_MS = 200;

/**
 * The downloader of node-llama-cpp, in a thread of its own: it does not wait for what it writes, so that a full disk would
 * end the process, and it asks a server that is gone for a quarter of an hour.
 */
async function run({ url, folder, fileName, packageName, proxies }: DownloadOrder): Promise<void> {
  const library = await loadPackage<DownloadLibrary>({
    name: packageName,
    version: "3",
    neededBy: "Models are downloaded and run by node-llama-cpp",
  });
  globalThis.fetch = fetchOnce(createProxyFetch(proxies) ?? globalThis.fetch);
  const downloader = await library.createModelDownloader({
    modelUri: url,
    dirPath: folder,
    fileName,
    deleteTempFileOnCancel: false,
    onProgress: ({ downloadedSize: done, totalSize: total }) => post({ kind: "progress", done, total }),
  });
  let isStopped = false;
  parentPort?.once("message", () => {
    isStopped = true;
    void downloader
      .cancel()
      .then(() => delay(SETTLE_MS))
      .finally(() => post({ kind: "stopped" }));
  });
  await downloader.download();
  if (!isStopped) post({ kind: "done", files: downloader.filesInfo.map(({ filePath }) => filePath) });
}

/**
 * A `fetch` for that downloader. It asks for a whole file to learn its size, and leaves the body open, which is closed here.
 * Where a server gives no parts of a file and the line is cut, it would write a second reply behind what it has of the
 * first: that is where it ends.
 */
function fetchOnce(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  const whole = new Set<string>();
  return async (input, init) => {
    const { url, headers } = new Request(input, init);
    if (headers.has("range")) return fetch(input, init);
    const isQuestion = headers.get("accept-encoding") === "identity";
    if (!isQuestion && whole.has(url)) {
      post({ kind: "cut" });
      return new Promise(() => {});
    }
    if (!isQuestion) whole.add(url);
    const response = await fetch(input, init);
    if (!isQuestion) return response;
    const { status, statusText, headers: told } = response;
    await response.body?.cancel();
    const answer = new Response(null, { status, statusText, headers: told });
    return Object.defineProperty(answer, "url", { value: response.url });
  };
}

function post(message: DownloadMessage): void {
  parentPort?.postMessage(message, []);
}

function fail(error: unknown): void {
  const isMissing = AgenticRagError.isInstance(error) && error.code === "dependency-missing";
  post({
    kind: "failed",
    reason: messageOf(error),
    ...(codeOf(error) !== undefined && { code: codeOf(error) }),
    ...(isMissing && { missing: true }),
  });
}

const order: DownloadOrder = workerData;
await run(order).catch(fail);
