// Writes a BERT that embeds (sentence-transformers, safetensors of 32-bit floats) as GGUF: node scripts/bert-gguf.mjs FOLDER FILE
// Sources: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, conversion/bert.py of llama.cpp,
// https://huggingface.co/docs/safetensors
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "", target = ""] = process.argv.slice(2);
const json = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const config = json("config.json");
const { vocab } = json("tokenizer.json").model;

const ALIGNMENT = 32;
const [U32, I32, F32, BOOL, STRING, ARRAY] = [4, 5, 6, 7, 8, 9];
const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const string = (text) => Buffer.concat([u64(Buffer.byteLength(text)), Buffer.from(text)]);
const padded = (bytes) =>
  Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
const entry = (key, type, value) => Buffer.concat([string(key), u32(type), value]);
const count = (key, value) => entry(key, U32, u32(value));
const list = (key, type, values) =>
  entry(key, ARRAY, Buffer.concat([u32(type), u64(values.length), ...values]));

/** What begins a word has a mark, and what continues one none: the other way round in BERT. */
const phantom = (token) =>
  /^\[.*\]$/.test(token) ? token : token.startsWith("##") ? token.slice(2) : `\u2581${token}`;
const tokens = Object.entries(vocab)
  .sort(([, a], [, b]) => a - b)
  .map(([token]) => token);
const idOf = (token) => tokens.indexOf(token);
const [NORMAL, CONTROL] = [1, 3];

const keys = [
  entry("general.architecture", STRING, string("bert")),
  entry("general.name", STRING, string("all-MiniLM-L6-v2")),
  count("general.alignment", ALIGNMENT),
  count("bert.block_count", config.num_hidden_layers),
  count("bert.context_length", config.max_position_embeddings),
  count("bert.embedding_length", config.hidden_size),
  count("bert.feed_forward_length", config.intermediate_size),
  count("bert.attention.head_count", config.num_attention_heads),
  entry("bert.attention.layer_norm_epsilon", F32, Buffer.from(Float32Array.of(config.layer_norm_eps).buffer)),
  entry("bert.attention.causal", BOOL, Buffer.from([0])),
  // the mean of all tokens
  count("bert.pooling_type", 1),
  entry("tokenizer.ggml.model", STRING, string("bert")),
  count("tokenizer.ggml.token_type_count", config.type_vocab_size),
  list(
    "tokenizer.ggml.tokens",
    STRING,
    tokens.map((token) => string(phantom(token))),
  ),
  list(
    "tokenizer.ggml.token_type",
    I32,
    tokens.map((token) => u32(/^\[.*\]$/.test(token) ? CONTROL : NORMAL)),
  ),
  count("tokenizer.ggml.unknown_token_id", idOf("[UNK]")),
  count("tokenizer.ggml.bos_token_id", idOf("[CLS]")),
  count("tokenizer.ggml.cls_token_id", idOf("[CLS]")),
  count("tokenizer.ggml.seperator_token_id", idOf("[SEP]")),
  count("tokenizer.ggml.padding_token_id", idOf("[PAD]")),
  count("tokenizer.ggml.mask_token_id", idOf("[MASK]")),
];

const NAMES = [
  [/^embeddings\.word_embeddings/, "token_embd"],
  [/^embeddings\.token_type_embeddings/, "token_types"],
  [/^embeddings\.position_embeddings/, "position_embd"],
  [/^embeddings\.LayerNorm/, "token_embd_norm"],
  [/^encoder\.layer\.(\d+)\.attention\.self\.query/, "blk.$1.attn_q"],
  [/^encoder\.layer\.(\d+)\.attention\.self\.key/, "blk.$1.attn_k"],
  [/^encoder\.layer\.(\d+)\.attention\.self\.value/, "blk.$1.attn_v"],
  [/^encoder\.layer\.(\d+)\.attention\.output\.dense/, "blk.$1.attn_output"],
  [/^encoder\.layer\.(\d+)\.attention\.output\.LayerNorm/, "blk.$1.attn_output_norm"],
  [/^encoder\.layer\.(\d+)\.intermediate\.dense/, "blk.$1.ffn_up"],
  [/^encoder\.layer\.(\d+)\.output\.dense/, "blk.$1.ffn_down"],
  [/^encoder\.layer\.(\d+)\.output\.LayerNorm/, "blk.$1.layer_output_norm"],
];

const weights = readFileSync(join(folder, "model.safetensors"));
const headerBytes = Number(weights.readBigUInt64LE());
const { __metadata__: _, ...tensors } = JSON.parse(weights.toString("utf8", 8, 8 + headerBytes));
const infos = [];
const data = [];
let offset = 0;
for (const [name, { dtype, shape, data_offsets: at }] of Object.entries(tensors)) {
  const known = NAMES.find(([pattern]) => pattern.test(name));
  if (known === undefined) continue;
  if (dtype !== "F32") throw new Error(`${name} is ${dtype}, and only F32 is read.`);
  const bytes = padded(weights.subarray(8 + headerBytes + at[0], 8 + headerBytes + at[1]));
  const dimensions = shape.toReversed();
  infos.push(
    string(name.replace(known[0], known[1])),
    u32(dimensions.length),
    ...dimensions.map(u64),
    u32(0),
    u64(offset),
  );
  offset += bytes.length;
  data.push(bytes);
}
const head = [Buffer.from("GGUF"), u32(3), u64(data.length), u64(keys.length), ...keys, ...infos];
writeFileSync(target, Buffer.concat([padded(Buffer.concat(head)), ...data]));
