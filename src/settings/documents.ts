import { delimiter, join } from "node:path";
import { z } from "zod";
import { isPostgres } from "../postgres/address.ts";
import { keptAt, numberOr, type Given } from "./fields.ts";

/** Documents to be searched, and where their index is kept. */
export interface DocumentsSetting {
  /** Absent where only an index is named. */
  readonly folder?: string | undefined;
  readonly index: string;
}

/** What of a folder is indexed. */
export interface IndexingSettings {
  /** Patterns as in a `.gitignore`, of what is not. */
  readonly exclude: readonly string[];
  /** Larger files are not. */
  readonly maxFileBytes: number;
}

/** Where the index of a folder is kept, unless another place is named. */
export function indexFileOf(folder: string): string {
  return join(folder, ".agentic-rag", "index.sqlite");
}

const jsonList = z.array(z.string());

/** One path, or several with the sign between that also parts those of PATH, or as a JSON list. */
export function splitPaths(text: string): readonly string[] {
  return (listIn(text) ?? text.split(delimiter)).map((path) => path.trim()).filter((path) => path !== "");
}

/** The same paths as the text of a setting. */
export function joinPaths(paths: readonly string[]): string {
  return paths.some((path) => path.includes(delimiter) || path.startsWith("["))
    ? JSON.stringify(paths)
    : paths.join(delimiter);
}

function listIn(text: string): readonly string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    return jsonList.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const BYTES_OF_MB = 1_000_000;

/** The settings of this room, in the order in which help shows them. */
export const documentsFields = {
  AGENTIC_RAG_DOCUMENTS: z
    .string()
    .optional()
    .describe(
      "folder indexed with `agentic-rag index`, for the engine local; several are parted as those of PATH are",
    ),
  AGENTIC_RAG_INDEX_FILE: keptAt.describe(
    "file of its index, where the folder is not to hold it (index.sqlite in its .agentic-rag); one for each folder",
  ),
  AGENTIC_RAG_EXCLUDE: z
    .string()
    .optional()
    .describe("what is not indexed: patterns as in a .gitignore, with commas between"),
  AGENTIC_RAG_MAX_FILE_MB: numberOr(20, z.number().positive().max(2_000)).describe(
    "larger files are not indexed",
  ),
};

const environmentSchema = z.object(documentsFields);
type DocumentsEnvironment = z.infer<typeof environmentSchema> & {
  readonly AGENTIC_RAG_DATABASE?: string | undefined;
};

/** What does not fit together, whether each part of it is well or not. */
export function documentsProblems({
  AGENTIC_RAG_DOCUMENTS: documents = "",
  AGENTIC_RAG_INDEX_FILE: index = "",
}: Given): readonly string[] {
  const folders = splitPaths(documents).length;
  const files = splitPaths(index).length;
  if (folders === 0 || files === 0 || folders === files) return [];
  return [
    `AGENTIC_RAG_INDEX_FILE names ${files} and AGENTIC_RAG_DOCUMENTS ${folders}. Name one file for each folder, in the same order.`,
  ];
}

/** The documents that settings without problems name, and the database that holds them: a named file wins. */
export function documentsSettings(env: DocumentsEnvironment): {
  readonly documents: readonly DocumentsSetting[];
  readonly documentsDatabase?: string;
} {
  const address = env.AGENTIC_RAG_DATABASE ?? "";
  const isInDatabase = env.AGENTIC_RAG_INDEX_FILE === undefined && isPostgres(address);
  return { documents: documentsOf(env), ...(isInDatabase && { documentsDatabase: address }) };
}

/** None: the shipped articles are searched. */
function documentsOf(env: DocumentsEnvironment): readonly DocumentsSetting[] {
  const folders = splitPaths(env.AGENTIC_RAG_DOCUMENTS ?? "");
  const files = splitPaths(env.AGENTIC_RAG_INDEX_FILE ?? "");
  if (folders.length === 0) return files.map((index) => ({ index }));
  return folders.map((folder, number) => ({ folder, index: files[number] ?? indexFileOf(folder) }));
}

export function indexingSettings(env: DocumentsEnvironment): IndexingSettings {
  return {
    exclude: (env.AGENTIC_RAG_EXCLUDE ?? "")
      .split(",")
      .map((pattern) => pattern.trim())
      .filter((pattern) => pattern !== ""),
    maxFileBytes: env.AGENTIC_RAG_MAX_FILE_MB * BYTES_OF_MB,
  };
}
