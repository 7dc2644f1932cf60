import { createRandom } from "../../bench/seeded-text.ts";
import { ggufFile, key, type Tensor } from "./gguf-file.ts";

export interface TinyBert {
  /** Words that mean the same are in one group: they have one vector. All other words are unknown, and have none in common. */
  readonly meanings: readonly (readonly string[])[];
  /** `embedding`: mean of the words; `reranking`: the more words of the first group a text has, the higher its score. */
  readonly task: "embedding" | "reranking";
  /** Another seed is another model of the same size. @default 11 */
  readonly seed?: number;
  /** Numbers of a vector. @default 32 */
  readonly width?: number;
  /** Tokens of a text. @default 128 */
  readonly context?: number;
}

const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const CONTROL = 3;
const NORMAL = 1;

/**
 * A BERT of a few kilobytes for llama.cpp. Its one layer looks at all tokens alike and passes the mean on, so that a
 * text is what its words are. Source: `conversion/bert.py` and `src/models/bert.cpp` of llama.cpp.
 */
export function createTinyBert({ meanings, task, seed = 11, width = 32, context = 128 }: TinyBert): Buffer {
  const words = meanings.flat();
  const tokens = [...SPECIAL, ...words.map((word) => `▁${word}`)];
  const random = createRandom(seed);
  const draw = (): Float32Array => Float32Array.from({ length: width }, () => random() * 2 - 1);
  const first = draw();
  const embedding = new Float32Array(tokens.length * width);
  // a text of unknown words alone is something, too
  embedding.set(draw(), width * SPECIAL.indexOf("[CLS]"));
  let at = SPECIAL.length;
  for (const [group, synonyms] of meanings.entries()) {
    const vector = group === 0 ? first : draw();
    for (const _ of synonyms) embedding.set(vector, width * at++);
  }
  const ones: Tensor = [[width], new Float32Array(width).fill(1)];
  const identity: Tensor = zeros(width, width);
  for (let row = 0; row < width; row += 1) identity[1][row * width + row] = 1;
  const tensors: [string, ...Tensor][] = [
    ["token_embd.weight", [width, tokens.length], embedding],
    ["token_types.weight", ...zeros(width, 2)],
    ["position_embd.weight", ...zeros(width, context)],
    ["token_embd_norm.weight", ...ones],
    ["token_embd_norm.bias", ...zeros(width)],
    ...(["attn_q", "attn_k"] as const).flatMap((name) => [
      block(`${name}.weight`, zeros(width, width)),
      block(`${name}.bias`, zeros(width)),
    ]),
    ...(["attn_v", "attn_output"] as const).flatMap((name) => [
      block(`${name}.weight`, identity),
      block(`${name}.bias`, zeros(width)),
    ]),
    block("attn_output_norm.weight", ones),
    block("attn_output_norm.bias", zeros(width)),
    block("ffn_up.weight", zeros(width, width)),
    block("ffn_up.bias", zeros(width)),
    block("ffn_down.weight", zeros(width, width)),
    block("ffn_down.bias", zeros(width)),
    block("layer_output_norm.weight", ones),
    block("layer_output_norm.bias", zeros(width)),
  ];
  if (task === "reranking") {
    tensors.push(["cls.weight", ...identity], ["cls.bias", ...zeros(width)]);
    tensors.push(["cls.output.weight", [width, 1], first], ["cls.output.bias", ...zeros(1)]);
  }
  return ggufFile(
    [
      key.text("general.architecture", "bert"),
      key.text("general.name", `tiny ${task}`),
      key.count("bert.block_count", 1),
      key.count("bert.context_length", context),
      key.count("bert.embedding_length", width),
      key.count("bert.feed_forward_length", width),
      key.count("bert.attention.head_count", 4),
      key.number("bert.attention.layer_norm_epsilon", 1e-12),
      key.flag("bert.attention.causal", false),
      key.count("bert.pooling_type", task === "embedding" ? 1 : 4),
      key.text("tokenizer.ggml.model", "bert"),
      key.count("tokenizer.ggml.token_type_count", 2),
      key.texts("tokenizer.ggml.tokens", tokens),
      key.counts("tokenizer.ggml.token_type", [...SPECIAL.map(() => CONTROL), ...words.map(() => NORMAL)]),
      key.count("tokenizer.ggml.padding_token_id", 0),
      key.count("tokenizer.ggml.unknown_token_id", 1),
      key.count("tokenizer.ggml.cls_token_id", 2),
      key.count("tokenizer.ggml.bos_token_id", 2),
      key.count("tokenizer.ggml.seperator_token_id", 3),
      key.count("tokenizer.ggml.mask_token_id", 4),
    ],
    tensors,
  );
}

function block(name: string, tensor: Tensor): [string, ...Tensor] {
  return [`blk.0.${name}`, ...tensor];
}

function zeros(...dimensions: number[]): Tensor {
  return [dimensions, new Float32Array(dimensions.reduce((product, size) => product * size, 1))];
}
