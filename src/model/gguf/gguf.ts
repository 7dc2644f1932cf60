import { basename } from "node:path";
import { AgenticRagError, isAbort } from "../../errors.ts";
import { throwIfAborted, untilAborted } from "../../net/abort.ts";
import { openEngine, type GgufEngine } from "./engine.ts";
import { evaluatePrompt } from "./evaluation.ts";
import type { GgufGpu, GgufLibrary } from "./library.ts";
import { reasonOf } from "../../net/optional-package.ts";
import { tellRewritten } from "../exchange/rewritten.ts";
import { tellingPrompt } from "../exchange/told-prompt.ts";
import { toTextChunk, type TokenRun } from "../exchange/token-run.ts";
import { createStopHoldback, createTokenJoiner } from "./text.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type ModelDescription,
  type PromptMessage,
} from "../model.ts";
import { QWQ_SAMPLING, type Sampling } from "../sampling.ts";
import { describeLine, type ChatTemplate } from "../template/chat-template.ts";
import { usesChatml } from "../template/chatml-models.ts";
import { splicedFor } from "../template/spliced-turn.ts";

export interface GgufOptions {
  /** The GGUF file. Of a file in parts, the first. */
  readonly modelPath: string;
  /** A GGUF file with a LoRA adapter for it. */
  readonly lora?: string;
  /** What it is called in results. @default the file's name without `.gguf` */
  readonly modelName?: string;
  /** `file`: the template that the file itself has; `auto`: that one, or ChatML where it has none. @default "auto" */
  readonly template?: ChatTemplate | "file" | "auto";
  /** @default QWQ_SAMPLING, field by field */
  readonly sampling?: Partial<Sampling>;
  /** At most this many tokens for one continuation. @default 8192 */
  readonly maxTokens?: number;
  /** Tokens for a run, prompt and all. @default the model's own, at most 32,768, and less where memory is short */
  readonly contextSize?: number;
  /** @default the processor's cores but one */
  readonly threads?: number;
  /** @default "auto", the best that is found */
  readonly gpu?: GgufGpu;
  /** Where `node-llama-cpp` comes from. @default import("node-llama-cpp") */
  readonly load?: () => Promise<GgufLibrary>;
}

/**
 * A model file run in this process by `node-llama-cpp`, which is installed separately. Nothing is loaded before the
 * first request. A run goes on from the tokens of its last step, so that only what was added is evaluated.
 * One request runs at a time; others wait.
 */
export function createGgufModel(options: GgufOptions): GgufModel {
  return new GgufModel(options);
}

export class GgufModel extends ContinuationModel {
  readonly family = "gguf";
  readonly modelName: string;
  readonly #options: GgufOptions;
  #opening: Promise<GgufEngine> | undefined;

  constructor(options: GgufOptions) {
    super({});
    this.modelName = options.modelName ?? basename(options.modelPath, ".gguf");
    this.#options = options;
  }

  /** Frees what it has loaded; what is being generated fails. A later request loads anew. */
  async dispose(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    const engine = await opening?.catch(() => undefined);
    await engine?.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Loads the file: its vocabulary tells the control tokens. */
  override async describe(signal?: AbortSignal): Promise<ModelDescription> {
    throwIfAborted(signal);
    const { controlTokens, template, knowsTemplate, contextSize } = await untilAborted(this.#open(), signal);
    return {
      ...(await super.describe(signal)),
      contextTokens: contextSize,
      ...describeLine(template, this.modelName, controlTokens),
      ...(template.text !== undefined && { chatTemplate: template.text }),
      ...(!knowsTemplate && !usesChatml(this.modelName) && { assumedTemplate: true }),
    };
  }

  override async *continueText(
    opened: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    throwIfAborted(options.signal);
    this.#refuseOther(options.modelName);
    const engine = await untilAborted(this.#open(), options.signal);
    const { messages, turn, stop } = splicedFor(opened, options);
    const { text, tokenIds: prompt } = engine.promptTokens(messages, turn, options.date);
    const room = engine.contextSize - prompt.length;
    if (room <= 0) {
      throw new AgenticRagError(
        "model-context-overflow",
        `The prompt has ${prompt.length} tokens, but the context of ${this.modelName} has room for ${engine.contextSize}, ` +
          "at least one of them for the reply. Raise the context size, or allow fewer or shorter search results.",
        { facts: { contextTokens: engine.contextSize, promptTokens: prompt.length } },
      );
    }
    const { sampling, maxTokens = 8192 } = this.#options;
    const limit = Math.min(options.maxTokens ?? maxTokens, room);
    const wanted = { ...QWQ_SAMPLING, ...sampling, ...options.sampling };
    const chunks = this.#generate(engine, prompt, limit, { ...options, stop, sampling: wanted });
    const told = tellingPrompt(chunks, { text, ...(wanted.logprobs === true && { tokenIds: prompt }) });
    yield* tellRewritten(told, options.turn ?? []);
  }

  async *#generate(
    engine: GgufEngine,
    prompt: number[],
    limit: number,
    { sampling, stop = [], form, signal }: ContinuationOptions & { sampling: Sampling },
  ): AsyncGenerator<ModelChunk> {
    const joiner = createTokenJoiner(engine.tokenizer, prompt);
    const holdback = createStopHoldback(stop);
    let completionTokens = 0;
    let cachedTokens: number | undefined;
    let end: Ending | undefined = limit > 0 ? undefined : { finishReason: "length" };
    if (end === undefined) {
      const { queue, batchSize } = engine;
      const onPrompt = (evaluated: number): void => void (cachedTokens = prompt.length - evaluated);
      const grammar = form && (await engine.grammarFor(form.schema));
      const tokens = evaluatePrompt({ grammar, queue, prompt, sampling, batchSize, signal, onPrompt });
      try {
        for await (const token of tokens) {
          completionTokens += 1;
          const ended = engine.tokenizer.isEogToken(token);
          const last = ended || completionTokens === limit;
          const joined = ended ? undefined : joiner.add(token);
          for (const run of [joined, last ? joiner.rest() : undefined]) {
            if (run === undefined || end !== undefined) continue;
            const { runs, stop: found } = holdback.add(run);
            yield* runs.map(toTextChunk);
            throwIfAborted(signal);
            if (found !== undefined) end = stoppedAt(found);
          }
          if (last)
            end ??= ended
              ? { finishReason: "stop", stopReason: null, tokenIds: [token] }
              : { finishReason: "length" };
          if (end !== undefined) break;
        }
      } catch (error) {
        throw this.#failure(error, completionTokens);
      }
    }
    if (end === undefined) throw this.#failure(new Error("it ended without an end-of-turn token"), 1);
    yield* holdback.rest().map(toTextChunk);
    const usage = { promptTokens: prompt.length, completionTokens };
    yield { type: "end", ...end, usage: { ...usage, ...(cachedTokens !== undefined && { cachedTokens }) } };
  }

  #open(): Promise<GgufEngine> {
    if (this.#opening === undefined) {
      const opening = openEngine(this.#options);
      this.#opening = opening;
      // what failed is tried again by the next request
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = undefined;
      });
    }
    return this.#opening;
  }

  #refuseOther(modelName: string | undefined): void {
    if (modelName === undefined || modelName === this.modelName) return;
    throw new AgenticRagError(
      "model-rejected",
      `There is one model in this process, ${this.modelName}; ${modelName} was asked for. Leave the model's name out.`,
    );
  }

  #failure(error: unknown, tokens: number): unknown {
    if (AgenticRagError.isInstance(error) || isAbort(error)) return error;
    return new AgenticRagError(
      tokens === 0 ? "model-server-error" : "model-truncated",
      `${this.modelName} failed after ${tokens} tokens: ${reasonOf(error)}. Ask again; if it stays, lower the context size.`,
      { cause: error },
    );
  }
}

type Ending = Pick<Extract<ModelChunk, { type: "end" }>, "finishReason" | "stopReason" | "tokenIds">;

function stoppedAt({ text, tokenIds }: TokenRun): Ending {
  return { finishReason: "stop", stopReason: text, ...(tokenIds !== undefined && { tokenIds }) };
}
