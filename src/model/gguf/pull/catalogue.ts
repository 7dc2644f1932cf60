/** A model that can be pulled by its name. */
export interface OfferedModel {
  readonly name: string;
  /** Where its file lies: `hf:<user>/<repository>/<file>`. */
  readonly address: string;
  readonly bytes: number;
  /** What a run takes, the file and a context of 8,192 tokens, in bytes. */
  readonly memory: number;
  readonly licence: string;
  /** What it is good for. */
  readonly about: string;
  /** The document that says that it exists. */
  readonly knownFrom: string;
}

/** Small open models that search well for their size, the one to begin with first. */
export const OFFERED_MODELS: readonly OfferedModel[] = [
  {
    name: "jan-nano",
    address: "hf:Menlo/Jan-nano-gguf/jan-nano-4b-Q4_K_M.gguf",
    bytes: 2_497_279_424,
    memory: 4_500_000_000,
    licence: "Apache-2.0",
    about: "4B, Qwen3 trained to search rather than to know; does not think for long",
    knownFrom: "Jan-nano Technical Report, https://arxiv.org/abs/2506.22760",
  },
  {
    name: "qwen3-4b",
    address: "hf:Qwen/Qwen3-4B-GGUF/Qwen3-4B-Q4_K_M.gguf",
    bytes: 2_497_280_256,
    memory: 4_500_000_000,
    licence: "Apache-2.0",
    about: "4B, thinks before it calls",
    knownFrom: "https://huggingface.co/Qwen/Qwen3-4B-GGUF/blob/main/Qwen3-4B-Q4_K_M.gguf",
  },
  {
    name: "qwen3-1.7b",
    address: "hf:ggml-org/Qwen3-1.7B-GGUF/Qwen3-1.7B-Q4_K_M.gguf",
    bytes: 1_282_439_264,
    memory: 3_000_000_000,
    licence: "Apache-2.0",
    about: "1.7B, for machines with little memory; one search at a time",
    knownFrom: "https://huggingface.co/ggml-org/Qwen3-1.7B-GGUF",
  },
];
