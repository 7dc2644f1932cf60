import { proxyFetchOf } from "../assemble/assemble.ts";
import { createEmbedder } from "../assemble/embedder.ts";
import { buildPostgresVectors } from "../search/local/postgres/vector-build.ts";
import { buildVectors, type VectorReport } from "../search/local/vectors/build-vectors.ts";
import type { Settings } from "../settings/settings.ts";
import { createProgress } from "./terminal/progress.ts";
import type { Surroundings } from "./terminal/surroundings.ts";

/** Where what was indexed lies. */
type Place = { readonly file: string } | { readonly address: string; readonly folder: string };

/** Embeds what was indexed, with one model for all folders. */
interface EmbeddingBuild {
  build(place: Place, signal: AbortSignal, surroundings: Surroundings): Promise<VectorReport>;
  close(): Promise<void>;
}

/** Undefined where no embedding model is set. */
export function openEmbedding(settings: Settings): EmbeddingBuild | undefined {
  const { embedding } = settings.search;
  if (embedding === undefined) return undefined;
  const embedder = createEmbedder(embedding, proxyFetchOf(settings));
  return {
    async build(place, signal, { stderr }) {
      const progress = createProgress(stderr);
      const onProgress = (at: { readonly done: number; readonly total: number }): void =>
        progress.onProgress({ ...at, path: "passages embedded" });
      const onWait = (): void => {
        stderr.write("Another build of this index is at work. Waiting for it.\n");
      };
      try {
        const options = { embedder, signal, onProgress, onWait };
        return await ("file" in place
          ? buildVectors({ ...place, ...options })
          : buildPostgresVectors({ ...place, ...options }));
      } finally {
        progress.stop();
      }
    },
    close: async () => embedder.close?.(),
  };
}
