import { assemble, type AssembledParts } from "../assemble/assemble.ts";
import { openDocuments } from "../assemble/documents.ts";
import type { Durability } from "../durability/durability.ts";
import { createAgenticRag, type AgenticRag } from "../graph/graph.ts";
import { openIndex } from "../search/local/local-index.ts";
import type { SearchEngine } from "../search/engine.ts";
import type { Settings } from "../settings/settings.ts";
import type { Arguments } from "./arguments/arguments.ts";
import { asksLocal, chooseNow, chooseSettings, requireIndex } from "./arguments/chosen-settings.ts";
import { discoverModel } from "./discovery.ts";
import { withOnlyModel } from "./only-model.ts";
import { createProblemTeller } from "./terminal/keys.ts";
import type { Surroundings } from "./terminal/surroundings.ts";
import { headerFor } from "./view/header.ts";
import { notReadLine } from "./view/index-view.ts";

/** Where runs are kept. */
export interface Kept {
  /** Undefined where nothing is kept. */
  readonly durability?: Durability | undefined;
  /** A line on it for the header, ended by a line break. */
  readonly note?: string;
}

export interface OpenAgent<Keeping extends Kept = Kept> {
  readonly agent: AgenticRag;
  readonly engine: SearchEngine;
  readonly parts: AssembledParts;
  readonly settings: Settings;
  readonly kept: Keeping;
  /** Who answers from what, before the first question. */
  readonly header: string;
  /** Closes what searches and threads are kept in. */
  readonly close: () => Promise<void>;
}

/**
 * The agent that options, environment and, where no model is set, the servers of this machine name. `keep` opens what its
 * threads are kept in. A server's only model need not be named.
 *
 * @throws AgenticRagError `settings-invalid`
 * @throws UsageError
 */
export async function openAgent<Keeping extends Kept>(
  given: Arguments,
  surroundings: Surroundings,
  signal: AbortSignal,
  keep: (settings: Settings) => Promise<Keeping>,
): Promise<OpenAgent<Keeping>> {
  const args = await withOnlyModel(given, surroundings, signal);
  const chosen = chooseSettings(args, surroundings);
  const now = chooseNow(args);
  await requireIndex(chosen);
  if (chosen.model.family === "offline" && chosen.model.discover)
    surroundings.status?.show("Looking for a model on this machine");
  const { settings, note } = await discoverModel(chosen, args, surroundings, signal);
  const parts = assemble(settings, { onProblem: createProblemTeller(surroundings) });
  try {
    const kept = await keep(settings);
    const limits = { ...parts.limits, approveSearches: args.switches.has("approve") };
    return {
      agent: createAgenticRag({ ...parts, limits, now }, kept.durability),
      engine: parts.engine,
      parts,
      settings,
      kept,
      header: note + (kept.note ?? "") + (await notReadNote(settings)) + headerFor(settings),
      close: async () => {
        parts.close();
        await kept.durability?.close();
      },
    };
  } catch (error) {
    parts.close();
    throw error;
  }
}

/** What of the documents was not indexed, a line for each folder; an index that cannot be opened is told by its search. */
async function notReadNote(settings: Settings): Promise<string> {
  const { documents, documentsDatabase, search } = settings;
  if (!asksLocal(search)) return "";
  if (documentsDatabase !== undefined) return notReadInDatabase(settings);
  const lines = documents.map(({ folder, index: file }) => {
    try {
      const index = openIndex(file);
      const line = notReadLine(index.notRead());
      index.close();
      return line === undefined ? "" : `In ${folder ?? file}: ${line}.\n`;
    } catch {
      return "";
    }
  });
  return lines.join("");
}

async function notReadInDatabase(settings: Settings): Promise<string> {
  try {
    const index = await openDocuments(settings);
    if (index === undefined) return "";
    const line = notReadLine(await index.notRead());
    await index.close();
    return line === undefined ? "" : `In ${index.place}: ${line}.\n`;
  } catch {
    return "";
  }
}
