import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import type { GgufLibrary, GgufSequence } from "../../../src/model/gguf/library.ts";
import { reasonOf } from "../../../src/net/optional-package.ts";
import { startRuntime } from "../../../src/model/gguf/runtime.ts";
import { createGgufModel, type GgufModel, type GgufOptions } from "../../../src/model/gguf/gguf.ts";
import { chatmlTemplate } from "../../../src/model/template/chat-template.ts";
import { createTinyGguf, type Script } from "../../engine/tiny-gguf.ts";

export interface TinyModel {
  readonly model: GgufModel;
  /** The engine's own sequences, in the order in which they were made. */
  readonly sequences: readonly GgufSequence[];
}

/** Each text leads to the next one of its chain, whatever stood before; one of a single letter is a byte. */
export function chained(chains: readonly (readonly string[])[]): Script {
  const edges = chains.flatMap((chain) => chain.slice(1).map((to, at) => [chain[at]!, to] as const));
  const own = chains.flat().filter((text) => text.length > 1 && !text.startsWith("<|"));
  const distinct = new Map(edges.map((edge) => [edge.join("\0"), edge]));
  return { pieces: own, edges: [...distinct.values()] };
}

type TinyOptions = Omit<GgufOptions, "modelPath">;

/** A model that follows the script, on one thread; gone when the test is over. */
export function tinyModel(script: Script, options: TinyOptions = {}): TinyModel {
  const { remove, ...tiny } = createTiny(createTinyGguf(script), options);
  onTestFinished(remove);
  return tiny;
}

/** The same for all tests of a file. */
export function sharedTinyModel(script: Script, options: TinyOptions = {}): TinyModel {
  const { remove, ...tiny } = createTiny(createTinyGguf(script), options);
  afterAll(remove);
  return tiny;
}

/** A model of these bytes; gone when the test is over. */
export function modelOfBytes(bytes: Uint8Array, options: TinyOptions = {}): TinyModel {
  const { remove, ...tiny } = createTiny(bytes, options);
  onTestFinished(remove);
  return tiny;
}

function createTiny(bytes: Uint8Array, options: TinyOptions): TinyModel & { remove: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), "tiny-gguf-"));
  const modelPath = join(folder, "Tiny-F32.gguf");
  writeFileSync(modelPath, bytes);
  const sequences: GgufSequence[] = [];
  made.set(modelPath, sequences);
  const model = createGgufModel({
    modelPath,
    threads: 1,
    gpu: false,
    load: loadWatched,
    template: chatmlTemplate,
    ...options,
  });
  return {
    model,
    sequences,
    remove: async () => {
      await model.dispose();
      rmSync(folder, { recursive: true });
    },
  };
}

export function loadWatched(): Promise<GgufLibrary> {
  return Promise.resolve(watched);
}

const made = new Map<string, GgufSequence[]>();

/** The library itself, with a list kept of the sequences that are made. */
const watched: GgufLibrary = {
  LlamaGrammarEvaluationState: Object,
  async getLlama(settings) {
    const library: GgufLibrary = await import("node-llama-cpp");
    const { LlamaGrammarEvaluationState } = library;
    Object.assign(watched, { LlamaGrammarEvaluationState });
    const runtime = await library.getLlama(settings);
    return {
      cpuMathCores: runtime.cpuMathCores,
      createGrammarForJsonSchema: (schema) => runtime.createGrammarForJsonSchema(schema),
      async loadModel(options) {
        const file = await runtime.loadModel(options);
        const createContext = file.createContext.bind(file);
        file.createContext = async (sizes) => {
          const context = await createContext(sizes);
          const getSequence = context.getSequence.bind(context);
          context.getSequence = (shift) => {
            const sequence = getSequence(shift);
            made.get(options.modelPath)?.push(sequence);
            return sequence;
          };
          return context;
        };
        return file;
      },
    };
  },
};

/** Why no file can be run here; empty where it can. */
export const notHere = await startRuntime(false, loadWatched).then(
  () => "",
  (error: unknown) => ` - skipped: ${reasonOf(error)}`,
);
