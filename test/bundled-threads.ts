import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { bundlePrograms } from "./bundle.ts";

const THREADS = [
  "search/pages/extraction-worker.ts",
  "search/local/documents/reading-worker.ts",
  "model/gguf/pull/download-worker.ts",
];

/**
 * A plugin of vitest: threads of the sources run bundled. From source, each thread needs a second to make TypeScript
 * readable and to load what it imports, and tests start hundreds.
 */
export function bundledThreads(): { name: string; load(id: string): Promise<string | undefined> } {
  return {
    name: "bundled threads",
    async load(id) {
      if (!id.endsWith("/src/net/thread-url.ts")) return undefined;
      const bundled = await bundlePrograms(THREADS.map((path) => new URL(`../src/${path}`, import.meta.url)));
      const urls = bundled.map((file) => [basename(file, ".mjs"), pathToFileURL(file).href]);
      return `const urls = new Map(${JSON.stringify(urls)}); export const threadUrl = (name) => new URL(urls.get(name));`;
    },
  };
}
