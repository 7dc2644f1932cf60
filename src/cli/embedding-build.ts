import { proxyFetchOf } from "../assemble/assemble.ts";
import { createEmbedder } from "../assemble/embedder.ts";
import { buildVectors, type VectorReport } from "../search/local/vectors/build-vectors.ts";
import type { Settings } from "../settings/settings.ts";
import { createProgress } from "./terminal/progress.ts";
import type { Surroundings } from "./terminal/surroundings.ts";

/** Embeds what was indexed, with one model for all folders. */
interface EmbeddingBuild {
  build(file: string, signal: AbortSignal, surroundings: Surroundings): Promise<VectorReport>;
  close(): Promise<void>;
}

/** Undefined where no embedding model is set. */
export function openEmbedding(settings: Settings): EmbeddingBuild | undefined {
  const { embedding } = settings.search;
  if (embedding === undefined) return undefined;
  const embedder = createEmbedder(embedding, proxyFetchOf(settings));
  return {
    async build(file, signal, { stderr }) {
      const progress = createProgress(stderr);
      const onProgress = (at: { readonly done: number; readonly total: number }): void =>
        progress.onProgress({ ...at, path: "passages embedded" });
      const onWait = (): void => {
        stderr.write("Another build of this index is at work. Waiting for it.\n");
      };
      try {
        return await buildVectors({ file, embedder, signal, onProgress, onWait });
      } finally {
        progress.stop();
      }
    },
    close: async () => embedder.close?.(),
  };
}
