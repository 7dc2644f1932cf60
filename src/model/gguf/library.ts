/** What is used of `node-llama-cpp`: its types are not needed to build against this package. */
export interface GgufLibrary {
  /** How far a text has come in a grammar: takes `{ model, grammar }`, both as the library gave them. */
  readonly LlamaGrammarEvaluationState: new (options: never) => object;
  getLlama(options: {
    readonly gpu: GgufGpu;
    readonly build: "never";
    readonly skipDownload: true;
    readonly progressLogs: false;
    /** 0: what each context says counts. */
    readonly maxThreads: 0;
    readonly logger: (level: string, message: string) => void;
  }): Promise<GgufRuntime>;
}

/** What the model runs on; `auto` is the best that is found, `false` the processor. */
export type GgufGpu = "auto" | "metal" | "cuda" | "vulkan" | false;

export interface GgufRuntime {
  readonly cpuMathCores: number;
  /** A grammar of the texts that fit a JSON schema, as far as it is understood. */
  createGrammarForJsonSchema(schema: object): Promise<object>;
  loadModel(options: { readonly modelPath: string }): Promise<GgufFile>;
}

/** A loaded file: tokenizer and weights. */
export interface GgufFile extends GgufTokenizer {
  readonly fileInfo: {
    readonly metadata: { readonly tokenizer?: { readonly chat_template?: string | undefined } | undefined };
  };
  /** Tokens that it was trained to read at once. */
  readonly trainContextSize: number;
  createEmbeddingContext(options: {
    readonly contextSize: number;
    readonly batchSize: number;
    readonly threads: number;
  }): Promise<GgufEmbeddingContext>;
  createContext(options: {
    readonly contextSize: number | { readonly max: number };
    readonly threads: number;
    readonly lora?: string;
  }): Promise<GgufContext>;
  /** Frees the file and what was made of it. */
  dispose(): Promise<void>;
}

export interface GgufEmbeddingContext {
  /** Of tokens, which the library has a type of its own for. */
  getEmbeddingFor(tokens: number[] | string | object): Promise<{ readonly vector: readonly number[] }>;
}

export interface GgufTokenizer {
  readonly tokens: {
    readonly bos: number | null;
    readonly bosString: string | null;
    readonly eosString: string | null;
    readonly shouldPrependBosToken: boolean;
  };
  tokenize(text: string, specialTokens: boolean, options?: "trimLeadingSpace"): number[];
  /** The text of tokens, where tokens stood before. A token that is not of the vocabulary ends the process. */
  detokenize(tokens: readonly number[], specialTokens: boolean, before?: readonly number[]): string;
  isEogToken(token: number | undefined): boolean;
  iterateAllTokens(): Iterable<number>;
  getTokenAttributes(token: number): { readonly control: boolean; readonly userDefined: boolean };
}

export interface GgufContext {
  /** Tokens that its sequence has room for. */
  readonly contextSize: number;
  /** Tokens that are evaluated at once. */
  readonly batchSize: number;
  getSequence(options: {
    readonly contextShift: { readonly size: number; readonly strategy: () => never };
  }): GgufSequence;
}

/** One text in the context, with what was evaluated of it. */
export interface GgufSequence {
  readonly nextTokenIndex: number;
  readonly tokenMeter: { getState(): GgufMeter };
  adaptStateToTokens(tokens: number[], allowShift: boolean): Promise<void>;
  eraseContextTokenRanges(ranges: { start: number; end: number }[]): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: number[]): Promise<void>;
  evaluate(tokens: number[], options?: GgufEvaluation): AsyncGenerator<number, void, void>;
  dispose(): Promise<void>;
}

/** Tokens evaluated since the sequence was made; those that a next token was drawn after count as output. */
export interface GgufMeter {
  readonly usedInputTokens: number;
  readonly usedOutputTokens: number;
}

export interface GgufEvaluation {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly seed?: number;
  readonly repeatPenalty?: {
    readonly punishTokens: number[] | (() => number[]);
    readonly penalty?: number;
    readonly frequencyPenalty?: number;
    readonly presencePenalty?: number;
  };
  readonly yieldEogToken?: boolean;
  readonly grammarEvaluationState?: object;
}
