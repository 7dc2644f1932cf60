import { existsSync } from "node:fs";
import { AgenticRagError } from "../errors.ts";
import { type LocalIndex, openIndexes } from "../search/local/local-index.ts";
import type { PostgresIndex } from "../search/local/postgres/postgres.ts";
import type { Settings } from "../settings/settings.ts";
import { quoted } from "../text/quoted.ts";

/** What settings say of the user's documents. */
export type NamedDocuments = Pick<Settings, "documents" | "documentsDatabase">;

/**
 * Opens the index of the user's documents: what the database holds of them, or all that it holds where none are named;
 * else their files. Undefined where neither names any: then the shipped articles are searched.
 *
 * @throws AgenticRagError `settings-invalid`, `index-unusable`, `store-unusable`
 */
export async function openDocuments({
  documents,
  documentsDatabase,
}: NamedDocuments): Promise<LocalIndex | PostgresIndex | undefined> {
  if (documentsDatabase !== undefined) {
    const { openPostgresIndex } = await import("../search/local/postgres/postgres.ts");
    const folders = documents.flatMap(({ folder }) => folder ?? []);
    const index = await openPostgresIndex(documentsDatabase, folders);
    if (index !== undefined || documents.length === 0) return index;
    if (!documents.every((one) => existsSync(one.index))) {
      throw new AgenticRagError(
        "settings-invalid",
        `The database has no index of ${folders.join(", ")} yet. Build it: agentic-rag index ${folders.map(quoted).join(" ")}`,
      );
    }
  }
  return documents.length === 0 ? undefined : openIndexes(documents.map(({ index }) => index));
}
