import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { CORPUS_FOLDER } from "../../assemble/assemble.ts";
import { openDocuments } from "../../assemble/documents.ts";
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
export async function checkDocuments(settings: Settings, now: Date): Promise<Check[]> {
  const { documents, documentsDatabase, search } = settings;
  const inDatabase = documentsDatabase === undefined ? undefined : await checkDatabase(settings);
  if (inDatabase !== undefined) return [inDatabase];
  if (documents.length === 0) {
    const articles = (await readdir(CORPUS_FOLDER)).filter((file) => file.endsWith(".md")).length;
    return [{ name: "documents", status: "ok", message: `the ${counted(articles, "shipped article")}` }];
  }
  const status = asksLocal(search) ? "failed" : "warning";
  return Promise.all(documents.map((one) => checkIndex(one, status, now)));
}

/** Undefined where the database holds none of the documents: their files, or the shipped articles, are searched. */
async function checkDatabase(settings: Settings): Promise<Check | undefined> {
  const name = "documents";
  try {
    const index = await openDocuments(settings);
    if (index === undefined || "file" in index) return undefined;
    try {
      const { documents, passages } = await index.count();
      const notRead = notReadLine(await index.notRead());
      const builds = await index.builds();
      const states = await Promise.all(builds.map(compareWithFolder));
      const lacks = states.flatMap((state) => (state === undefined ? [] : (lackOf(state) ?? [])));
      const held = `${counted(documents, "document")}, ${counted(passages, "passage")} in the database ${index.place}`;
      const told = notRead === undefined ? held : `${held}; ${notRead}`;
      if (lacks.length > 0) return { name, status: "warning", message: `${lacks.join(" ")} (${told})` };
      const folders = builds.map(({ folder }) => folder).join(", ");
      return { name, status: documents > 0 ? "ok" : "warning", message: `${folders}: ${told}` };
    } finally {
      await index.close();
    }
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    const status = asksLocal(settings.search) ? "failed" : "warning";
    return { name, status, message: error.message };
  }
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
