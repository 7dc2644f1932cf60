import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { AgenticRagError } from "../../errors.ts";
import { chatmlTemplate, jinjaTemplate, type ChatTemplate } from "../template/chat-template.ts";
import { vocabularyTokens } from "./control-tokens.ts";
import type { GgufContext, GgufFile, GgufGpu, GgufLibrary, GgufRuntime } from "./library.ts";
import { createPromptTokenizer, type PromptTokenizer } from "./prompt.ts";
import { reasonOf } from "../../net/optional-package.ts";
import { startRuntime } from "./runtime.ts";
import { createSequenceQueue, type SequenceQueue } from "./sequence.ts";

export interface EngineOptions {
  readonly modelPath: string;
  readonly lora?: string;
  readonly template?: ChatTemplate | "file" | "auto";
  readonly contextSize?: number;
  readonly threads?: number;
  readonly gpu?: GgufGpu;
  readonly load?: () => Promise<GgufLibrary>;
}

/** A file that is loaded and ready. */
export interface GgufEngine {
  readonly tokenizer: GgufFile;
  readonly contextSize: number;
  readonly batchSize: number;
  readonly queue: SequenceQueue;
  readonly promptTokens: PromptTokenizer;
  /** False: the file has no chat template, and ChatML is used for want of one. */
  readonly knowsTemplate: boolean;
  /** As in `ModelDescription`. */
  readonly controlTokens: readonly string[];
  readonly template: ChatTemplate;
  /** See `Running`. */
  grammarFor(schema: object): Promise<object | undefined>;
  dispose(): Promise<void>;
}

/** As much is taken where nothing is said: more takes memory that few runs need. */
const DEFAULT_CONTEXT = 32_768;

/** @throws `dependency-missing` without node-llama-cpp, `settings-invalid` for a file that cannot be run */
export async function openEngine(options: EngineOptions): Promise<GgufEngine> {
  const { modelPath, gpu = "auto" } = options;
  const { runtime, loadAlone, grammarFor } = await startRuntime(gpu, options.load);
  const file = await loadAlone((complaints) =>
    settled(runtime.loadModel({ modelPath }), (cause) => {
      // the first complaint names the cause, those after it that something failed
      const reason = complaints[0] ?? reasonOf(cause);
      return `The model file ${modelPath} cannot be loaded: ${reason}. Check the path, or fetch the file anew.`;
    }),
  );
  try {
    const context = await settled(createContext(file, runtime, options), (cause) => {
      const size = options.contextSize ?? "automatic";
      const { lora } = options;
      if (lora !== undefined && /lora|adapter/i.test(reasonOf(cause))) {
        return `The LoRA adapter ${lora} cannot be used with ${modelPath}: ${reasonOf(cause)}. Check that it is there and was made for this model.`;
      }
      return `The model file ${modelPath} cannot be run with a context of ${size} tokens: ${reasonOf(cause)}. Choose a smaller context.`;
    });
    const contextShift = { size: 1, strategy: refuseShift };
    const template = templateOf(file, options);
    const queue = createSequenceQueue(() => context.getSequence({ contextShift }));
    return {
      tokenizer: file,
      contextSize: context.contextSize,
      batchSize: context.batchSize,
      queue,
      promptTokens: createPromptTokenizer(file, template),
      knowsTemplate: template !== chatmlTemplate || options.template === chatmlTemplate,
      controlTokens: vocabularyTokens(file),
      template,
      grammarFor: (schema) => grammarFor(file, schema),
      async dispose() {
        queue.close(new Error("the model was disposed"));
        await file.dispose();
      },
    };
  } catch (error) {
    await file.dispose();
    throw error;
  }
}

function createContext(file: GgufFile, runtime: GgufRuntime, options: EngineOptions): Promise<GgufContext> {
  const { contextSize = { max: DEFAULT_CONTEXT }, lora } = options;
  // the threads wait for one another by spinning: one that shares its core with the program slows down all
  const spare = Math.max(1, Math.min(runtime.cpuMathCores, availableParallelism() - 1));
  const threads = options.threads ?? spare;
  return file.createContext({ contextSize, threads, ...(lora !== undefined && { lora }) });
}

function templateOf(file: GgufFile, { modelPath, template = "auto" }: EngineOptions): ChatTemplate {
  if (typeof template !== "string") return template;
  const text = file.fileInfo.metadata.tokenizer?.chat_template;
  if (text === undefined) {
    if (template === "auto") return chatmlTemplate;
    throw new AgenticRagError(
      "settings-invalid",
      `The model file ${modelPath} has no chat template of its own. Use chatml, or the template that belongs to it.`,
    );
  }
  const { bosString, eosString } = file.tokens;
  return jinjaTemplate(text, { name: modelPath, bosToken: bosString ?? "", eosToken: eosString ?? "" });
}

/** Requests end before the context is full, so nothing of a prompt is ever to be dropped. */
function refuseShift(): never {
  throw new Error("the context is full");
}

async function settled<Value>(work: Promise<Value>, message: (cause: unknown) => string): Promise<Value> {
  try {
    return await work;
  } catch (cause) {
    // what the library logs about it comes after the failure itself
    await setImmediate();
    throw new AgenticRagError("settings-invalid", message(cause), { cause });
  }
}
