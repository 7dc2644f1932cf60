#!/bin/sh
# Writes the Dockerfile of LangGraph Server with this project in it, as LangGraph's command line makes it from
# langgraph.production.json; Docker is not needed for that. Its `npm ci` installs what `npm install` does in a clone.
#
#   sh scripts/dockerfile.sh [file]     (default: standard output)
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the folder's name goes into the file: it must not be that of this working copy
ln -s "$root" "$work/langgraph-agentic-rag"

LANGGRAPH_CLI_NO_ANALYTICS=1 node "$root/node_modules/@langchain/langgraph-cli/dist/cli/cli.mjs" dockerfile - \
  --config "$work/langgraph-agentic-rag/langgraph.production.json" >"$work/generated"
{
  echo "# Made by scripts/dockerfile.sh; change that, or langgraph.production.json."
  cat "$work/generated"
} >"$work/Dockerfile"

if [ $# -gt 0 ]; then cp "$work/Dockerfile" "$1"; else cat "$work/Dockerfile"; fi
