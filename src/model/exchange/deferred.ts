import type { PromptMessage } from "../../turn.ts";
import {
  ContinuationModel,
  type ContinuationOptions,
  type ModelChunk,
  type ModelDescription,
} from "../model.ts";
import { createSharedWork } from "../../net/shared-work.ts";

/** A model that is there, and what is known of it besides. */
export interface OpenedModel {
  readonly model: ContinuationModel;
  readonly description?: Omit<ModelDescription, "family" | "name">;
  /** False: the next use opens it anew. @default true */
  readonly certain?: boolean;
}

export interface DeferredOptions {
  /** What it is called before it is opened. */
  readonly family: string;
  readonly modelName: string;
  readonly open: (signal: AbortSignal) => Promise<OpenedModel>;
}

/**
 * A model that is opened by its first use, such as one whose server has to be asked, or whose package is loaded only
 * then. All uses wait for the same opening; when it fails they fail with it, and the next one tries again.
 */
export function createDeferredModel(options: DeferredOptions): ContinuationModel {
  return new DeferredModel(options);
}

class DeferredModel extends ContinuationModel {
  readonly family: string;
  readonly modelName: string;
  readonly #opened: (signal?: AbortSignal) => Promise<OpenedModel>;

  constructor({ family, modelName, open }: DeferredOptions) {
    super({});
    this.family = family;
    this.modelName = modelName;
    this.#opened = createSharedWork(open, { keeps: ({ certain = true }) => certain });
  }

  override async describe(signal?: AbortSignal): Promise<ModelDescription> {
    const { model, description } = await this.#opened(signal);
    return { ...(await model.describe(signal)), ...description };
  }

  override async *continueText(
    messages: readonly PromptMessage[],
    options: ContinuationOptions,
  ): AsyncGenerator<ModelChunk> {
    const { model } = await this.#opened(options.signal);
    yield* model.continueText(messages, options);
  }
}
