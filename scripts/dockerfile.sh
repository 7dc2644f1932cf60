#!/bin/sh
# Writes the Dockerfile of LangGraph Server with this project in it, as LangGraph's command line makes it from
# langgraph.production.json; Docker is not needed for that. The installation is put right: what only tests and
# development need is left out, and the parts that a user of the package brings along (its peers) are put in, at the
# versions that package.json names and the lock file holds.
#
#   sh scripts/dockerfile.sh [file]     (default: standard output)
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the folder's name goes into the file: it must not be that of this working copy
ln -s "$root" "$work/langgraph-agentic-rag"

install="RUN npm pkg delete devDependencies peerDependencies overrides.node-llama-cpp overrides.@langchain/community"
install="$install && npm pkg set"
for peer in core langgraph langgraph-sdk openai anthropic; do
  version=$(node -p 'require(process.argv[1]).devDependencies[process.argv[2]]' "$root/package.json" "@langchain/$peer")
  install="$install dependencies.@langchain/$peer=$version"
done
install="$install && npm install --ignore-scripts --no-audit --no-fund"

LANGGRAPH_CLI_NO_ANALYTICS=1 node "$root/node_modules/@langchain/langgraph-cli/dist/cli/cli.mjs" dockerfile - \
  --config "$work/langgraph-agentic-rag/langgraph.production.json" >"$work/generated"
grep -qx 'RUN npm ci' "$work/generated" || {
  echo "dockerfile.sh: the generated Dockerfile has no line 'RUN npm ci' any more; adapt this script." >&2
  exit 1
}

{
  echo "# Made by scripts/dockerfile.sh; change that, or langgraph.production.json."
  while IFS= read -r line; do
    [ "$line" != "RUN npm ci" ] || line=$install
    printf '%s\n' "$line"
  done <"$work/generated"
} >"$work/Dockerfile"

if [ $# -gt 0 ]; then cp "$work/Dockerfile" "$1"; else cat "$work/Dockerfile"; fi
