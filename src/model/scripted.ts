import { AgenticRagError } from "../errors.ts";
import { throwIfAborted } from "../net/abort.ts";
import { chatmlTemplate, type ChatTemplate } from "./template/chat-template.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type ModelUsage,
  type PromptMessage,
} from "./model.ts";
import { chunksUpTo, findStop, pieces } from "./exchange/stop-strings.ts";

/** What a scripted model says in one step. */
export interface ScriptedReply {
  readonly text?: string;
  /** Instead of `text`: the text in exactly these chunks. */
  readonly chunks?: readonly string[];
  /** @default "stop" */
  readonly finishReason?: "stop" | "length";
  /** @default undefined, as an endpoint that does not say; the stop string where one was found and is heeded */
  readonly stopReason?: string | null;
  /** @default {} */
  readonly usage?: ModelUsage;
}

/** One request that a scripted model was given. */
export interface ScriptedCall {
  /** `messages` as the template renders them. */
  readonly prompt: string;
  readonly messages: readonly PromptMessage[];
  readonly options: ContinuationOptions;
}

/** A text, a reply, an error to throw, or a function that makes one of these. */
export type ScriptedStep =
  | string
  | ScriptedReply
  | Error
  | ((prompt: string, call: ScriptedCall) => ScriptedLine);

type ScriptedLine = string | ScriptedReply | Error;

export interface ScriptedOptions {
  /** Renders the prompt that is recorded and handed to functions. @default chatmlTemplate */
  readonly template?: ChatTemplate;
  /** Characters in a chunk of the text. @default the whole text in one */
  readonly chunkSize?: number;
  /**
   * What becomes of stop strings: `ignore` says everything, as an endpoint without them; `include` ends with the stop
   * string, as TGI; `exclude` ends before it, as vLLM, SGLang and llama.cpp. @default "ignore"
   */
  readonly stop?: "ignore" | "include" | "exclude";
  /** @default "scripted" */
  readonly modelName?: string;
}

/**
 * A model for tests that says what it is told, one step per request.
 *
 * A request beyond the last step throws `script-exhausted`; `assertConsumed` throws `script-left-over` while steps are
 * left.
 */
export function createScriptedModel(
  steps: readonly ScriptedStep[],
  options: ScriptedOptions = {},
): ScriptedModel {
  return new ScriptedModel(steps, options);
}

export class ScriptedModel extends ContinuationModel {
  readonly family = "scripted";
  readonly modelName: string;
  /** Every request so far, in order. */
  readonly calls: ScriptedCall[] = [];
  readonly #steps: readonly ScriptedStep[];
  readonly #options: ScriptedOptions;

  constructor(steps: readonly ScriptedStep[], options: ScriptedOptions = {}) {
    super({});
    this.modelName = options.modelName ?? "scripted";
    this.#steps = steps;
    this.#options = options;
  }

  /** @throws `script-left-over` while there are steps that nobody asked for. */
  assertConsumed(): void {
    const left = this.#steps.length - this.calls.length;
    if (left <= 0) return;
    throw new AgenticRagError(
      "script-left-over",
      `The scripted model has ${left} of ${this.#steps.length} steps left. Remove them, or find out why it was not asked.`,
    );
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    throwIfAborted(options.signal);
    const { template = chatmlTemplate, chunkSize = Infinity, stop = "ignore" } = this.#options;
    const call = { prompt: template.render(messages, options.date), messages, options };
    const reply = this.#next(call);
    const whole = reply.chunks?.join("") ?? reply.text ?? "";
    const found = stop === "ignore" ? undefined : findStop(whole, options.stop ?? []);
    const end =
      found === undefined ? whole.length : found.index + (stop === "include" ? found.stop.length : 0);
    for (const text of chunksUpTo(reply.chunks ?? pieces(whole, chunkSize), end)) {
      throwIfAborted(options.signal);
      yield { type: "text", text };
    }
    throwIfAborted(options.signal);
    const stopReason = reply.stopReason === undefined ? found?.stop : reply.stopReason;
    yield {
      type: "end",
      finishReason: found === undefined ? (reply.finishReason ?? "stop") : "stop",
      ...(stopReason !== undefined && { stopReason }),
      usage: reply.usage ?? {},
    };
  }

  #next(call: ScriptedCall): ScriptedReply {
    const step = this.#steps[this.calls.length];
    this.calls.push(call);
    if (step === undefined) {
      throw new AgenticRagError(
        "script-exhausted",
        `The scripted model was asked for step ${this.calls.length}, but its script has ${this.#steps.length}. ` +
          `The prompt ends: ${JSON.stringify(call.prompt.slice(-200))}`,
      );
    }
    const line = typeof step === "function" ? step(call.prompt, call) : step;
    if (line instanceof Error) throw line;
    return typeof line === "string" ? { text: line } : line;
  }
}
