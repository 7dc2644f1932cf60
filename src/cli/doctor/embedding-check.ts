import { existsSync } from "node:fs";
import { type NamedDocuments, openDocuments } from "../../assemble/documents.ts";
import { createEmbedder } from "../../assemble/embedder.ts";
import type { HttpOptions } from "../../search/engines/wire/http.ts";
import { differenceOf, probeMaking } from "../../search/local/vectors/making.ts";
import type { VectorMaking } from "../../search/local/vectors/vector-table.ts";
import { readVectorState, type VectorState } from "../../search/local/vectors/vector-state.ts";
import type { Settings } from "../../settings/settings.ts";
import { quoted } from "../../text/quoted.ts";
import { counted, duration } from "../../view/amounts.ts";
import { buildCommand } from "../arguments/chosen-documents.ts";
import type { Check } from "./check.ts";

const DEADLINE_MS = 60_000;
const NAME = "embedding";

/** By what the documents are searched besides their words: the model, really asked, and the vectors of each index. */
export async function* checkEmbedding(
  settings: Settings,
  isReadable: boolean,
  { fetch, signal }: { readonly fetch: HttpOptions["fetch"]; readonly signal: AbortSignal },
): AsyncGenerator<Check> {
  const { documents } = settings;
  const { embedding } = settings.search;
  const indexes = isReadable ? await readIndexes(settings) : [];
  if (embedding === undefined) {
    for (const { called, state } of indexes) {
      if (state === undefined) continue;
      const message = `${called} is searched by words alone: it has vectors of ${state.making.model}, but no embedding model is set (AGENTIC_RAG_EMBEDDING_URL or AGENTIC_RAG_EMBEDDING_GGUF)`;
      yield { name: NAME, status: "ok", message };
    }
    return;
  }
  const embedder = createEmbedder(embedding, fetch);
  const begun = performance.now();
  const making = await probeMaking(embedder, { signal, deadlineMs: DEADLINE_MS });
  const took = duration(performance.now() - begun);
  await embedder.close?.();
  if ("kind" in making) {
    const address = "gguf" in embedding.from ? "AGENTIC_RAG_EMBEDDING_GGUF" : "AGENTIC_RAG_EMBEDDING_URL";
    const message = `${making.message} Documents are searched by words alone. The setting is ${address}.`;
    yield { name: NAME, status: "warning", message };
    return;
  }
  const { model, dimensions } = making;
  const unused =
    documents.length === 0 && indexes.length === 0
      ? "; the shipped articles are searched by words alone"
      : "";
  const message = `${model} gives ${dimensions} dimensions, asked in ${took}${unused}`;
  yield { name: NAME, status: "ok", message };
  for (const one of indexes) yield checkVectors(one, making);
}

interface IndexVectors {
  readonly called: string;
  readonly command: string;
  readonly state: VectorState | undefined;
}

/** Those of the database, if it holds the documents; else of the files that are there. */
async function readIndexes(named: NamedDocuments): Promise<readonly IndexVectors[]> {
  const index = named.documentsDatabase === undefined ? undefined : await openDocuments(named);
  if (index === undefined || !("vectors" in index)) {
    index?.close();
    const files = named.documents.filter(({ index: file }) => existsSync(file));
    return files.map((one) => ({
      called: one.folder ?? one.index,
      command: buildCommand(one),
      state: readVectorState(one.index),
    }));
  }
  try {
    const found: IndexVectors[] = [];
    for (const reader of index.vectors) {
      const making = await reader.making();
      const called = await reader.called();
      const state = making && { making, ...(await reader.counts()) };
      found.push({ called, command: `agentic-rag index ${quoted(called)}`, state });
    }
    return found;
  } finally {
    await index.close();
  }
}

function checkVectors({ called, command, state }: IndexVectors, now: VectorMaking): Check {
  const advice = `Run: ${command}`;
  const warning = (message: string): Check => ({ name: NAME, status: "warning", message });
  if (state === undefined)
    return warning(`${called} has no vectors yet, so it is searched by words alone. ${advice}`);
  const difference = differenceOf(state.making, now);
  if (difference !== undefined) {
    return warning(
      `the vectors of ${called} do not fit: ${difference}. It is searched by words alone. ${advice}`,
    );
  }
  const { passages, embedded, failed } = state;
  const lacking = passages - embedded - failed;
  if (lacking > 0) {
    return warning(
      `${lacking} of ${counted(passages, "passage")} of ${called} have no vectors yet. ${advice}`,
    );
  }
  const without = failed === 0 ? "" : `, ${failed} could not be embedded`;
  const held = `${called} is searched by words and by vectors of ${now.model}: ${embedded} of ${counted(passages, "passage")}${without}`;
  return { name: NAME, status: "ok", message: held };
}
