import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { AgenticRagError } from "../../errors.ts";
import { reasonOf } from "../../net/optional-package.ts";
import type { GgufEmbeddingContext, GgufFile, GgufGpu, GgufLibrary } from "./library.ts";
import { startRuntime } from "./runtime.ts";

export interface GgufEmbeddingsOptions {
  /** A GGUF file of an embedding model. */
  readonly modelPath: string;
  /** @default the processor's cores but one */
  readonly threads?: number;
  /** @default "auto", the best that is found */
  readonly gpu?: GgufGpu;
  /** Where `node-llama-cpp` comes from. @default import("node-llama-cpp") */
  readonly load?: () => Promise<GgufLibrary>;
}

/** The methods of LangChain's `Embeddings`. */
export interface GgufEmbeddings {
  /** The file's name without `.gguf`. */
  readonly name: string;
  /** @throws AgenticRagError `dependency-missing` without node-llama-cpp, `settings-invalid` for a file that cannot be run */
  embedQuery(text: string): Promise<number[]>;
  /** One after the other. @throws as `embedQuery` */
  embedDocuments(texts: string[]): Promise<number[][]>;
  /** Frees the file. A later call loads anew. */
  close(): Promise<void>;
}

interface Opened {
  readonly file: GgufFile;
  readonly context: GgufEmbeddingContext;
  /** Tokens of a text, those that begin and end it included. */
  readonly most: number;
}

/** More is rarely trained for, and each context takes memory for all of it. */
const MOST_TOKENS = 8_192;
/** What the library puts around a text, and the one that it keeps free. */
const AROUND = 3;

/**
 * Embeds in this process by `node-llama-cpp`, which is installed separately. The file is loaded by the first text. A text
 * that is longer than the model reads is cut.
 */
export function createGgufEmbeddings(options: GgufEmbeddingsOptions): GgufEmbeddings {
  const { modelPath } = options;
  let opening: Promise<Opened> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function embed(text: string): Promise<number[]> {
    opening ??= open(options).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    const { file, context, most } = await opening;
    const tokens = file.tokenize(text, false).slice(0, most - AROUND);
    const { vector } = await context.getEmbeddingFor(tokens);
    return [...vector];
  }
  /** One text at a time. */
  function queued(text: string): Promise<number[]> {
    const next = last.then(() => embed(text));
    last = next.catch(() => undefined);
    return next;
  }
  return {
    name: basename(modelPath, ".gguf"),
    embedQuery: queued,
    embedDocuments: (texts) => Promise.all(texts.map(queued)),
    async close() {
      const opened = await opening?.catch(() => undefined);
      opening = undefined;
      await opened?.file.dispose();
    },
  };
}

async function open({ modelPath, gpu = "auto", load, threads }: GgufEmbeddingsOptions): Promise<Opened> {
  const { runtime, loadAlone } = await startRuntime(gpu, load);
  const spare = Math.max(1, Math.min(runtime.cpuMathCores, availableParallelism() - 1));
  try {
    const file = await loadAlone(() => runtime.loadModel({ modelPath }));
    const most = Math.min(file.trainContextSize, MOST_TOKENS);
    // a text is embedded in one batch
    const sizes = { contextSize: most, batchSize: most, threads: threads ?? spare };
    return { file, context: await file.createEmbeddingContext(sizes), most };
  } catch (cause) {
    throw new AgenticRagError(
      "settings-invalid",
      `The embedding model ${modelPath} cannot be loaded: ${reasonOf(cause)}. Check that it is there and an embedding model.`,
      { cause },
    );
  }
}
