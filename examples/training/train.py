"""Teaches a Llama of a GGUF file what runs show, as a LoRA adapter that llama-server takes.

    train.py tokenizer BASE.gguf tokenizer.json    for `agentic-rag export --to tokens --tokenizer`
    train.py sft BASE.gguf rows.jsonl ADAPTER.gguf [--unmasked]

Needs PyTorch 2 (a CPU build will do) and the package gguf.
"""

import argparse
import json
import math
import os
import random
import time

import gguf
import torch
import torch.nn.functional as F

LINEARS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Llama:
    """The base, which stays as it is, and a low-rank update of each linear layer: W x + scale B A x."""

    def __init__(self, reader, rank, scale, dtype):
        def field(name):
            return reader.get_field(f"llama.{name}").contents()

        self.scale, self.dtype, self.layers = scale, dtype, field("block_count")
        self.heads, self.kv_heads = field("attention.head_count"), field("attention.head_count_kv")
        self.theta, self.epsilon = field("rope.freq_base"), field("attention.layer_norm_rms_epsilon")
        self.base, self.lora = {}, {}
        for tensor in reader.tensors:
            value = torch.tensor(gguf.dequantize(tensor.data, tensor.tensor_type))
            self.base[tensor.name.removesuffix(".weight")] = value.to(DEVICE, dtype)
        for name in (f"blk.{layer}.{linear}" for layer in range(self.layers) for linear in LINEARS):
            outputs, inputs = self.base[name].shape
            a = torch.empty(rank, inputs, device=DEVICE).uniform_(-1, 1) / math.sqrt(inputs)
            b = torch.zeros(outputs, rank, device=DEVICE)  # zero: it begins as the base
            self.lora[name] = (a.requires_grad_(), b.requires_grad_())

    def linear(self, x, name):
        a, b = (part.to(self.dtype) for part in self.lora[name])
        return F.linear(x, self.base[name]) + F.linear(F.linear(x, a), b) * self.scale

    def norm(self, x, name):
        spread = x.float().pow(2).mean(-1, keepdim=True) + self.epsilon
        return x * torch.rsqrt(spread).to(x.dtype) * self.base[name]

    def hidden(self, ids):
        """What the logits are made of, for ids [rows, length]; rows are padded at their ends."""
        rows, length = ids.shape
        x = F.embedding(ids, self.base["token_embd"])
        size = x.shape[-1] // self.heads
        speeds = self.theta ** (-torch.arange(0, size, 2, device=DEVICE) / size)
        angles = torch.outer(torch.arange(length, device=DEVICE), speeds)
        cos, sin = angles.cos().to(self.dtype), angles.sin().to(self.dtype)

        def heads(x, name):
            return self.linear(x, name).view(rows, length, -1, size).transpose(1, 2)

        def rotated(x):  # a GGUF file has the two of a pair side by side
            left, right = x[..., ::2], x[..., 1::2]
            return torch.stack((left * cos - right * sin, left * sin + right * cos), -1).flatten(-2)

        for block in (f"blk.{layer}." for layer in range(self.layers)):
            h = self.norm(x, block + "attn_norm")
            q, k = rotated(heads(h, block + "attn_q")), rotated(heads(h, block + "attn_k"))
            v = heads(h, block + "attn_v")
            k, v = (each.repeat_interleave(self.heads // self.kv_heads, 1) for each in (k, v))
            seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.linear(seen.transpose(1, 2).flatten(2), block + "attn_output")
            h = self.norm(x, block + "ffn_norm")
            h = F.silu(self.linear(h, block + "ffn_gate")) * self.linear(h, block + "ffn_up")
            x = x + self.linear(h, block + "ffn_down")
        return self.norm(x, "output_norm")

    def losses(self, ids, wanted):
        """The cross entropy of each wanted token, in order."""
        hidden = self.hidden(ids)[:, :-1][wanted[:, 1:]]
        logits = F.linear(hidden, self.base.get("output", self.base["token_embd"])).float()
        return F.cross_entropy(logits, ids[:, 1:][wanted[:, 1:]], reduction="none")


def read_rows(file):
    """The ids of each right run, and whose each is: 0 of the prompt, 1 of the model, 2 of what was spliced in."""
    for row in map(json.loads, open(file)):
        if row["reward"] is not None and row["reward"] < 1:
            continue
        prompt, ids = row["prompt_ids"], row["response_ids"]
        owners = [1 if mask else 2 for mask in row["response_mask"]]
        yield prompt + ids, [0] * len(prompt) + owners


def batches(rows, size, epochs):
    """Rows of about the same length together, in another order each time."""
    for _ in range(epochs):
        order = sorted(rows, key=lambda row: len(row[0]) + random.random() * 50)
        groups = [order[at : at + size] for at in range(0, len(order), size)]
        random.shuffle(groups)
        yield from groups


def padded(lists):
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(each) for each in lists], batch_first=True).to(DEVICE)


def sft(options):
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    reader = gguf.GGUFReader(options.base)
    model = Llama(reader, options.rank, options.scale, getattr(torch, options.dtype))
    rows = list(read_rows(options.rows))
    prompt, written, spliced = (sum(owners.count(owner) for _, owners in rows) for owner in (0, 1, 2))
    print(f"{len(rows)} runs: {prompt} tokens of prompts, {written} of the model, {spliced} spliced", flush=True)
    parts = [part for pair in model.lora.values() for part in pair]
    optimizer = torch.optim.AdamW(parts, betas=(0.9, 0.98), weight_decay=0)
    steps = list(batches(rows, options.batch, options.epochs))[: options.steps]
    begun = time.time()
    for step, group in enumerate(steps, 1):
        ids, owners = (padded(each) for each in zip(*group))
        wanted = owners > 0 if options.unmasked else owners == 1  # the mask
        losses = model.losses(ids, wanted)
        losses.mean().backward()
        torch.nn.utils.clip_grad_norm_(parts, 1.0)
        optimizer.param_groups[0]["lr"] = options.rate * min(step / 10, 1) * max(1 - step / len(steps), 0.05)
        optimizer.step()
        optimizer.zero_grad()
        # of the same tokens whatever is masked, so that the two can be compared
        of_model = losses[owners[:, 1:][wanted[:, 1:]] == 1].mean().item()
        seconds = time.time() - begun
        print(f"step {step}/{len(steps)}, loss of the model's tokens {of_model:.4f}, {seconds:.0f} s", flush=True)
    save(model, options)


def save(model, options):
    writer = gguf.GGUFWriter(options.adapter, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", options.scale * options.rank)
    for name, pair in model.lora.items():
        for which, part in zip("ab", pair):
            writer.add_tensor(f"{name}.weight.lora_{which}", part.detach().half().cpu().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tokenizer(options):
    """The tokenizer of SmolLM2 (of bytes, each digit for itself) as a tokenizer.json."""
    reader = gguf.GGUFReader(options.base)
    tokens, kinds, merges = (
        reader.get_field(f"tokenizer.ggml.{name}").contents() for name in ("tokens", "token_type", "merges")
    )
    in_bytes = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    digits = {"type": "Digits", "individual_digits": True}
    plain = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    whole = {
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [digits, in_bytes]},
        "post_processor": None,
        "decoder": in_bytes,
        "model": {"type": "BPE", "vocab": {token: at for at, token in enumerate(tokens)}, "merges": merges},
        "added_tokens": [
            {"id": at, "content": token, "special": True, **plain}
            for at, token in enumerate(tokens)
            if kinds[at] != gguf.TokenType.NORMAL
        ],
    }
    end = tokens[reader.get_field("tokenizer.ggml.eos_token_id").contents()]
    with open(options.out, "w") as file:
        json.dump(whole, file)
    with open(os.path.join(os.path.dirname(options.out), "tokenizer_config.json"), "w") as file:
        json.dump({"eos_token": end}, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    made = commands.add_parser("tokenizer")
    taught = commands.add_parser("sft")
    for command, run, files in ((made, tokenizer, ("base", "out")), (taught, sft, ("base", "rows", "adapter"))):
        command.set_defaults(run=run)
        for name in files:
            command.add_argument(name)
    taught.add_argument("--unmasked", action="store_true", help="learn what was spliced in, too")
    for name, value in (("epochs", 1), ("batch", 2), ("steps", None), ("rank", 16), ("seed", 1)):
        taught.add_argument(f"--{name}", type=int, default=value)
    for name, value in (("rate", 1e-3), ("scale", 2.0)):
        taught.add_argument(f"--{name}", type=float, default=value)
    taught.add_argument("--dtype", choices=("bfloat16", "float32"), default="bfloat16")
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
