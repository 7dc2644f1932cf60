import { createRandom } from "../../bench/seeded-text.ts";
import { ggufFile, key, type Tensor } from "./gguf-file.ts";

/** What a scripted model says: each token leads to the next one. */
export interface Script {
  /** Texts that are one token each. The longest that fits wins when a prompt is read. */
  readonly pieces: readonly string[];
  /** From a token to the one that follows it, by their texts; bytes in GPT-2's letters. */
  readonly edges: readonly (readonly [string, string])[];
  /** Control tokens besides those of QwQ. @default none */
  readonly control?: readonly string[];
  /** @default ChatML that opens a thought */
  readonly template?: string;
}

const WIDTH = 64;
const FEED_FORWARD = 128;
const LAYERS = 2;
const HEADS = 4;
const CONTEXT = 32_768;

const NORMAL = 1;
const CONTROL = 3;
const USER_DEFINED = 4;

/** As the tokenizer of QwQ has them. */
const CONTROL_TOKENS = ["<|im_end|>", "<|endoftext|>", "<|im_start|>"];
const TAGS = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"];

const CHAT_TEMPLATE =
  "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}" +
  "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}";

/**
 * A model file (GGUF version 3) of half a megabyte for llama.cpp, whose weights make it follow a script: all layers add
 * nothing, so that the state is the last token alone, and the output row of each token is the embedding of those that
 * lead to it. A token from which no edge leads is followed by noise.
 */
export function createTinyGguf(script: Script): Buffer {
  const { texts, types } = vocabulary(script);
  const idOf = (text: string): number => {
    const id = texts.lastIndexOf(text);
    if (id < 0) throw new Error(`no token ${JSON.stringify(text)}`);
    return id;
  };
  const random = createRandom(7);
  const embedding = Float32Array.from({ length: texts.length * WIDTH }, () => (random() < 0.5 ? -1 : 1));
  const output = new Float32Array(texts.length * WIDTH);
  for (const [from, to] of script.edges) {
    const source = idOf(from) * WIDTH;
    const row = idOf(to) * WIDTH;
    for (let at = 0; at < WIDTH; at += 1) output[row + at]! += embedding[source + at]! / 2;
  }
  const ones = new Float32Array(WIDTH).fill(1);
  const zeros = (rows: number): Tensor => [[WIDTH, rows], new Float32Array(WIDTH * rows)];
  const tensors: [string, ...Tensor][] = [
    ["token_embd.weight", [WIDTH, texts.length], embedding],
    ["output_norm.weight", [WIDTH], ones],
    ["output.weight", [WIDTH, texts.length], output],
  ];
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const name = (part: string): string => `blk.${layer}.${part}.weight`;
    tensors.push([name("attn_norm"), [WIDTH], ones], [name("ffn_norm"), [WIDTH], ones]);
    for (const part of ["attn_q", "attn_k", "attn_v", "attn_output"])
      tensors.push([name(part), ...zeros(WIDTH)]);
    for (const part of ["ffn_gate", "ffn_up"]) tensors.push([name(part), ...zeros(FEED_FORWARD)]);
    tensors.push([name("ffn_down"), [FEED_FORWARD, WIDTH], new Float32Array(FEED_FORWARD * WIDTH)]);
  }
  return ggufFile(metadata(texts, types, idOf, script.template ?? CHAT_TEMPLATE), tensors);
}

function vocabulary({ pieces, control = [] }: Script): { texts: string[]; types: number[] } {
  // the one merge needs a token of its own
  const bytes = [...byteLetters(), "ĠĠ"];
  const controls = [...CONTROL_TOKENS, ...control];
  const own = [...new Set([...TAGS, ...pieces])];
  return {
    texts: [...bytes, ...controls, ...own],
    types: [...bytes.map(() => NORMAL), ...controls.map(() => CONTROL), ...own.map(() => USER_DEFINED)],
  };
}

/** GPT-2's letters for the 256 bytes, in their order: itself where it prints, else one beyond. */
function byteLetters(): string[] {
  let beyond = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    return String.fromCodePoint(prints ? byte : beyond++);
  });
}

/** The letters that stand for the bytes of a text. */
export function lettersOf(text: string): string[] {
  const letters = byteLetters();
  return Array.from(Buffer.from(text), (byte) => letters[byte]!);
}

function metadata(
  texts: string[],
  types: number[],
  idOf: (text: string) => number,
  template: string,
): Buffer[] {
  return [
    key.text("general.architecture", "llama"),
    key.text("general.name", "scripted"),
    key.count("llama.context_length", CONTEXT),
    key.count("llama.embedding_length", WIDTH),
    key.count("llama.block_count", LAYERS),
    key.count("llama.feed_forward_length", FEED_FORWARD),
    key.count("llama.attention.head_count", HEADS),
    key.count("llama.attention.head_count_kv", HEADS),
    key.number("llama.attention.layer_norm_rms_epsilon", 1e-6),
    key.count("llama.rope.dimension_count", WIDTH / HEADS),
    key.number("llama.rope.freq_base", 1e6),
    key.count("llama.vocab_size", texts.length),
    key.text("tokenizer.ggml.model", "gpt2"),
    key.text("tokenizer.ggml.pre", "qwen2"),
    key.texts("tokenizer.ggml.tokens", texts),
    key.counts("tokenizer.ggml.token_type", types),
    key.texts("tokenizer.ggml.merges", ["Ġ Ġ"]),
    key.count("tokenizer.ggml.eos_token_id", idOf("<|im_end|>")),
    key.count("tokenizer.ggml.bos_token_id", idOf("<|endoftext|>")),
    key.count("tokenizer.ggml.padding_token_id", idOf("<|endoftext|>")),
    key.flag("tokenizer.ggml.add_bos_token", false),
    key.text("tokenizer.chat_template", template),
  ];
}
