import { createRandom } from "../../bench/seeded-text.ts";

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
const ALIGNMENT = 32;

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
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
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
  return toFile(metadata(texts, types, idOf, script.template ?? CHAT_TEMPLATE), tensors);
}

type Tensor = [dimensions: readonly number[], values: Float32Array];

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

const U32 = 4;
const I32 = 5;
const F32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;

function metadata(
  texts: string[],
  types: number[],
  idOf: (text: string) => number,
  template: string,
): Buffer[] {
  const entry = (key: string, type: number, value: Buffer): Buffer =>
    Buffer.concat([string(key), u32(type), value]);
  const number = (key: string, value: number): Buffer => entry(key, U32, u32(value));
  const float = (key: string, value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return entry(key, F32, bytes);
  };
  const list = (key: string, type: number, values: Buffer[]): Buffer =>
    entry(key, ARRAY, Buffer.concat([u32(type), u64(values.length), ...values]));
  return [
    entry("general.architecture", STRING, string("llama")),
    entry("general.name", STRING, string("scripted")),
    number("general.alignment", ALIGNMENT),
    number("llama.context_length", CONTEXT),
    number("llama.embedding_length", WIDTH),
    number("llama.block_count", LAYERS),
    number("llama.feed_forward_length", FEED_FORWARD),
    number("llama.attention.head_count", HEADS),
    number("llama.attention.head_count_kv", HEADS),
    float("llama.attention.layer_norm_rms_epsilon", 1e-6),
    number("llama.rope.dimension_count", WIDTH / HEADS),
    float("llama.rope.freq_base", 1e6),
    number("llama.vocab_size", texts.length),
    entry("tokenizer.ggml.model", STRING, string("gpt2")),
    entry("tokenizer.ggml.pre", STRING, string("qwen2")),
    list("tokenizer.ggml.tokens", STRING, texts.map(string)),
    list("tokenizer.ggml.token_type", I32, types.map(u32)),
    list("tokenizer.ggml.merges", STRING, [string("Ġ Ġ")]),
    number("tokenizer.ggml.eos_token_id", idOf("<|im_end|>")),
    number("tokenizer.ggml.bos_token_id", idOf("<|endoftext|>")),
    number("tokenizer.ggml.padding_token_id", idOf("<|endoftext|>")),
    entry("tokenizer.ggml.add_bos_token", BOOL, Buffer.from([0])),
    entry("tokenizer.chat_template", STRING, string(template)),
  ];
}

function toFile(entries: readonly Buffer[], tensors: readonly [string, ...Tensor][]): Buffer {
  let offset = 0;
  const infos: Buffer[] = [];
  const data: Buffer[] = [];
  for (const [name, dimensions, values] of tensors) {
    infos.push(string(name), u32(dimensions.length), ...dimensions.map(u64), u32(0), u64(offset));
    const bytes = padded(Buffer.from(values.buffer));
    offset += bytes.length;
    data.push(bytes);
  }
  const head = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(entries.length), ...entries, ...infos];
  return Buffer.concat([padded(Buffer.concat(head)), ...data]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.length), bytes]);
}
