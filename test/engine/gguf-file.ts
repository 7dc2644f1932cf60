const ALIGNMENT = 32;

const U32 = 4;
const I32 = 5;
const F32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;

/** Dimensions, the fastest first, and values. */
export type Tensor = [dimensions: readonly number[], values: Float32Array];

/** Keys of a model file. */
export const key = {
  text: (name: string, value: string) => entry(name, STRING, string(value)),
  count: (name: string, value: number) => entry(name, U32, u32(value)),
  number: (name: string, value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return entry(name, F32, bytes);
  },
  flag: (name: string, value: boolean) => entry(name, BOOL, Buffer.from([Number(value)])),
  texts: (name: string, values: readonly string[]) => list(name, STRING, values.map(string)),
  counts: (name: string, values: readonly number[]) => list(name, I32, values.map(u32)),
} as const;

function entry(name: string, type: number, value: Buffer): Buffer {
  return Buffer.concat([string(name), u32(type), value]);
}

function list(name: string, type: number, values: readonly Buffer[]): Buffer {
  return entry(name, ARRAY, Buffer.concat([u32(type), u64(values.length), ...values]));
}

/**
 * A model file for llama.cpp: GGUF version 3, all tensors of 32-bit floats.
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function ggufFile(entries: readonly Buffer[], tensors: readonly [string, ...Tensor][]): Buffer {
  const all = [...entries, key.count("general.alignment", ALIGNMENT)];
  let offset = 0;
  const infos: Buffer[] = [];
  const data: Buffer[] = [];
  for (const [name, dimensions, values] of tensors) {
    infos.push(string(name), u32(dimensions.length), ...dimensions.map(u64), u32(0), u64(offset));
    const bytes = padded(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    offset += bytes.length;
    data.push(bytes);
  }
  const head = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(all.length), ...all, ...infos];
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
