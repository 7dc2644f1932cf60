import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { CORPUS_FOLDER, indexFileOf } from "../../assemble/assemble.ts";
import { AgenticRagError } from "../../errors.ts";
import { openIndex } from "../../search/local/local-index.ts";
import type { Settings } from "../../settings/settings.ts";
import { ago, counted } from "../../view/amounts.ts";
import { asksLocal, quoted } from "../arguments/chosen-settings.ts";
import type { Check } from "./check.ts";

/** The index of the user's documents, or the shipped articles. */
export async function checkDocuments({ documents, search }: Settings, now: Date): Promise<Check> {
  const name = "documents";
  if (documents === undefined) {
    const articles = (await readdir(CORPUS_FOLDER)).filter((file) => file.endsWith(".md")).length;
    return { name, status: "ok", message: `the ${counted(articles, "shipped article")}` };
  }
  const file = indexFileOf(documents);
  const status = asksLocal(search) ? "failed" : "warning";
  const build = `agentic-rag index ${quoted(documents)}`;
  if (!existsSync(file))
    return { name, status, message: `${documents} has no index yet. Build it: ${build}` };
  try {
    const index = openIndex(file);
    const held = index.count();
    index.close();
    const { mtime } = await stat(file);
    const age = ago(now.getTime() - mtime.getTime());
    const what = `${counted(held.documents, "document")}, ${counted(held.passages, "passage")}, written ${age}`;
    if (held.documents > 0) return { name, status: "ok", message: `${documents}: ${what}` };
    const advice = `Put documents there, then run: ${build}`;
    return { name, status: "warning", message: `the index of ${documents} holds nothing. ${advice}` };
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    return { name, status, message: `${error.message} Afterwards run: ${build}` };
  }
}
