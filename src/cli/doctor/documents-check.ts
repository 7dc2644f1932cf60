import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { CORPUS_FOLDER } from "../../assemble/assemble.ts";
import { AgenticRagError } from "../../errors.ts";
import { openIndex } from "../../search/local/local-index.ts";
import { compareWithFolder, lackOf } from "../../search/local/index-state.ts";
import type { DocumentsSetting } from "../../settings/documents.ts";
import type { Settings } from "../../settings/settings.ts";
import { ago, counted } from "../../view/amounts.ts";
import { buildCommand } from "../arguments/chosen-documents.ts";
import { asksLocal } from "../arguments/chosen-settings.ts";
import { notReadLine } from "../view/index-view.ts";
import type { Check } from "./check.ts";

/** The indexes of the user's documents, each a check, or the shipped articles. */
export async function checkDocuments({ documents, search }: Settings, now: Date): Promise<Check[]> {
  if (documents.length === 0) {
    const articles = (await readdir(CORPUS_FOLDER)).filter((file) => file.endsWith(".md")).length;
    return [{ name: "documents", status: "ok", message: `the ${counted(articles, "shipped article")}` }];
  }
  const status = asksLocal(search) ? "failed" : "warning";
  return Promise.all(documents.map((one) => checkIndex(one, status, now)));
}

async function checkIndex(documents: DocumentsSetting, status: Check["status"], now: Date): Promise<Check> {
  const name = "documents";
  const { folder, index: file } = documents;
  const called = folder ?? file;
  const build = buildCommand(documents);
  if (!existsSync(file)) {
    const missing = folder === undefined ? "is not there" : "has no index yet";
    return { name, status, message: `${called} ${missing}. Build it: ${build}` };
  }
  try {
    const index = openIndex(file);
    const held = index.count();
    const notRead = notReadLine(index.notRead());
    const state = await compareWithFolder(index.build()).finally(() => index.close());
    const lack = state === undefined ? undefined : lackOf(state);
    const { mtime } = await stat(file);
    const age = ago(now.getTime() - mtime.getTime());
    const what = `${counted(held.documents, "document")}, ${counted(held.passages, "passage")}, written ${age}`;
    const told = notRead === undefined ? what : `${what}; ${notRead}`;
    if (lack !== undefined && held.documents > 0) {
      return { name, status: "warning", message: `${lack} (${told})` };
    }
    if (held.documents > 0) return { name, status: "ok", message: `${called}: ${told}` };
    const advice = `Put documents there, then run: ${build}`;
    const why = notRead === undefined ? "" : ` (${notRead})`;
    return { name, status: "warning", message: `the index of ${called} holds nothing${why}. ${advice}` };
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    return { name, status, message: `${error.message} Afterwards run: ${build}` };
  }
}
