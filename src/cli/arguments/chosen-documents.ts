import { resolve } from "node:path";
import { indexFileOf, joinPaths, splitPaths, type DocumentsSetting } from "../../settings/documents.ts";
import type { Arguments } from "./arguments.ts";
import { quoted } from "../../text/quoted.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/**
 * The two settings that say which documents are searched, with absolute paths. What an option names wins; the index of a
 * folder stays where a variable says that it is.
 */
export function chooseDocuments(
  values: Arguments["values"],
  environment: Surroundings["environment"],
  folder: string,
): Readonly<Record<"AGENTIC_RAG_DOCUMENTS" | "AGENTIC_RAG_INDEX_FILE", string>> {
  const absolute = (text = ""): readonly string[] =>
    splitPaths(text.trim()).map((path) => resolve(folder, path));
  const known = absolute(environment["AGENTIC_RAG_DOCUMENTS"]);
  const kept = absolute(environment["AGENTIC_RAG_INDEX_FILE"]);
  const named = absolute(values.get("docs"));
  const files = absolute(values.get("index-file"));
  const documents = named.length > 0 || files.length > 0 ? named : known;
  const places = named.map((path) => kept[known.indexOf(path)]);
  const index =
    files.length > 0
      ? files
      : named.length === 0
        ? kept
        : places.some((place) => place !== undefined)
          ? named.map((path, number) => places[number] ?? indexFileOf(path))
          : [];
  return { AGENTIC_RAG_DOCUMENTS: joinPaths(documents), AGENTIC_RAG_INDEX_FILE: joinPaths(index) };
}

/** How an index is built. */
export function buildCommand({ folder, index }: DocumentsSetting): string {
  if (folder === undefined) return `agentic-rag index --index-file ${quoted(index)} <folder>`;
  return `agentic-rag index ${index === indexFileOf(folder) ? "" : `--index-file ${quoted(index)} `}${quoted(folder)}`;
}

/** How folders are asked about; `index` only where one of them is not where it would be looked for. */
export function askCommand(
  documents: readonly { readonly folder: string; readonly index?: string | undefined }[],
): string {
  const named = documents.map(
    ({ folder, index }) =>
      `--docs ${quoted(folder)} ${index === undefined ? "" : `--index-file ${quoted(index)} `}`,
  );
  return `agentic-rag ask ${named.join("")}"…"`;
}
