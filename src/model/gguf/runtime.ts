import { AgenticRagError } from "../../errors.ts";
import { loadPackage, reasonOf } from "../../net/optional-package.ts";
import type { GgufFile, GgufGpu, GgufLibrary, GgufRuntime } from "./library.ts";

/** llama.cpp as it runs in this process. */
export interface Running {
  readonly runtime: GgufRuntime;
  /** Holds what a model writes next to JSON of a schema; undefined for a schema that llama.cpp has no grammar for. */
  readonly grammarFor: (model: GgufFile, schema: object) => Promise<object | undefined>;
  /**
   * Loads of files, one at a time, each with what the library complains of meanwhile, the oldest first: the log does not
   * say which file a line is about.
   */
  readonly loadAlone: <Value>(load: (complaints: readonly string[]) => Promise<Value>) => Promise<Value>;
}

const PACKAGE = {
  name: "node-llama-cpp",
  version: "3",
  neededBy: "A GGUF file is run by node-llama-cpp",
} as const;

/** Started once for all models and kept: a second one would take the log of the first, and print it. */
const running = new WeakMap<GgufLibrary, Map<GgufGpu, Promise<Running>>>();

/** @throws `dependency-missing` where node-llama-cpp, or its binary for this machine, is not installed */
export async function startRuntime(gpu: GgufGpu, load?: () => Promise<GgufLibrary>): Promise<Running> {
  const library = await loadPackage<GgufLibrary>({ ...PACKAGE, load });
  const known = running.get(library) ?? new Map<GgufGpu, Promise<Running>>();
  running.set(library, known);
  const started = known.get(gpu) ?? start(library, gpu);
  known.set(gpu, started);
  try {
    return await started;
  } catch (error) {
    known.delete(gpu);
    throw error;
  }
}

async function start(library: GgufLibrary, gpu: GgufGpu): Promise<Running> {
  let complaints: string[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const loadAlone: Running["loadAlone"] = (load) => {
    const loaded = last.then(() => load((complaints = [])));
    last = loaded.catch(() => {});
    return loaded;
  };
  try {
    const runtime = await library.getLlama({
      gpu,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      maxThreads: 0,
      logger: (level, message) => void (level === "error" && complaints.push(message.trim())),
    });
    const grammarFor: Running["grammarFor"] = async (model, schema) => {
      const grammar = await runtime.createGrammarForJsonSchema(schema).catch(() => undefined);
      if (grammar === undefined) return undefined;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of its own classes no more is known here than is used
      return new library.LlamaGrammarEvaluationState({ model, grammar } as never);
    };
    return { runtime, loadAlone, grammarFor };
  } catch (cause) {
    const machine = gpu === "auto" ? "this machine" : `this machine and gpu: ${gpu}`;
    throw new AgenticRagError(
      "dependency-missing",
      `node-llama-cpp has no binary for ${machine} (${reasonOf(cause)}). Run: npm install ${PACKAGE.name}@${PACKAGE.version} --include=optional ` +
        "- or build one: npx node-llama-cpp source download",
      { cause },
    );
  }
}
