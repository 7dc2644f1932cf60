import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isPostgres } from "../../postgres/address.ts";
import { openDocuments } from "../../assemble/documents.ts";
import { AgenticRagError } from "../../errors.ts";
import { readSettings, type Settings } from "../../settings/settings.ts";
import { z } from "zod";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "../terminal/failure.ts";
import { buildCommand, chooseDocuments } from "./chosen-documents.ts";
import { OPTIONS } from "./options.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/** The environment with what the options say put over it. */
export function environmentWith(
  { values }: Pick<Arguments, "values">,
  { environment, folder }: Pick<Surroundings, "environment" | "folder">,
): Readonly<Record<string, string | undefined>> {
  const chosen: Record<string, string | undefined> = { ...environment };
  for (const { name, ...option } of OPTIONS) {
    const value = values.get(name);
    if (value !== undefined && option.value !== undefined && option.setting !== undefined) {
      chosen[option.setting] = value;
    }
  }
  const namesDocuments = values.has("docs") || values.has("index-file");
  if (namesDocuments && !values.has("engine")) chosen["AGENTIC_RAG_ENGINE"] = "local";
  // what an option names wins over what a variable names, also where they exclude each other
  if (values.has("gguf") && !values.has("model-family")) chosen["AGENTIC_RAG_MODEL_FAMILY"] = "gguf";
  else if (values.has("model-url")) {
    delete chosen["AGENTIC_RAG_GGUF"];
    delete chosen["AGENTIC_RAG_GGUF_LORA"];
    const family = chosen["AGENTIC_RAG_MODEL_FAMILY"]?.trim();
    if (!values.has("model-family") && (family === "gguf" || family === "offline")) {
      delete chosen["AGENTIC_RAG_MODEL_FAMILY"];
    }
  }
  Object.assign(chosen, chooseDocuments(values, environment, folder));
  for (const name of ["AGENTIC_RAG_GGUF", "AGENTIC_RAG_GGUF_LORA"]) {
    const file = chosen[name]?.trim() ?? "";
    if (file !== "") chosen[name] = resolve(folder, file);
  }
  for (const name of ["AGENTIC_RAG_RECORD", "AGENTIC_RAG_REPLAY", "AGENTIC_RAG_SEARCH_CACHE"]) {
    const file = chosen[name]?.trim() ?? "";
    // off, memory, disk and whatever else is no path stay what they are
    if (file !== "" && (name !== "AGENTIC_RAG_SEARCH_CACHE" || /[/\\.]/.test(file))) {
      chosen[name] = resolve(folder, file);
    }
  }
  // a run that is kept for training has its ids
  if (["save", "out", "queue"].some((name) => values.has(name))) chosen["AGENTIC_RAG_LOGPROBS"] ||= "on";
  const database = chosen["AGENTIC_RAG_DATABASE"]?.trim() ?? "";
  if (database !== "" && !isPostgres(database)) chosen["AGENTIC_RAG_DATABASE"] = resolve(folder, database);
  return chosen;
}

/**
 * The settings of the options and the environment. Problems are told in the words of who set it: options by their
 * names, variables by theirs.
 *
 * @throws AgenticRagError `settings-invalid`
 */
export function chooseSettings(
  args: Pick<Arguments, "values">,
  surroundings: Pick<Surroundings, "environment" | "folder">,
): Settings {
  const engine = args.values.get("engine");
  const named = engine?.split(",").map((name) => name.trim());
  if (args.values.has("docs") && named !== undefined && !named.includes("local")) {
    throw new UsageError(
      `--docs is searched by the engine local, not by ${engine}. Leave out --docs or --engine.`,
    );
  }
  try {
    return readSettings(environmentWith(args, surroundings));
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    throw new AgenticRagError("settings-invalid", inOptionNames(error.message, args.values), {
      cause: error,
    });
  }
}

/** The same surroundings for a command that asks no model: whatever is set of one is no matter to it. */
export function withoutModel<Given extends Pick<Surroundings, "environment">>(surroundings: Given): Given {
  const others = Object.entries(surroundings.environment).filter(
    ([name]) => !/^AGENTIC_RAG_(?:MODEL|GGUF)/.test(name),
  );
  return { ...surroundings, environment: Object.fromEntries(others) };
}

/**
 * @throws AgenticRagError `settings-invalid` when a folder of documents is not there, or has no index yet; `store-unusable`
 * for a database of theirs that cannot be asked
 */
export async function requireIndex(settings: Settings): Promise<void> {
  const { documents, documentsDatabase, search } = settings;
  if (documentsDatabase !== undefined) {
    if (asksLocal(search)) await (await openDocuments(settings))?.close();
    return;
  }
  const missing = asksLocal(search) ? documents.find(({ index }) => !existsSync(index)) : undefined;
  if (missing === undefined) return;
  const { folder, index } = missing;
  throw new AgenticRagError(
    "settings-invalid",
    folder === undefined
      ? `There is no index ${index}. Build it: ${buildCommand(missing)}`
      : existsSync(folder)
        ? `The folder ${folder} has no index yet. Build it: ${buildCommand(missing)}`
        : `There is no folder ${folder}. Correct --docs or AGENTIC_RAG_DOCUMENTS.`,
  );
}

/** Whether the user's documents, or the shipped articles, are searched. */
export function asksLocal({ engines, replay }: Settings["search"]): boolean {
  return engines.includes("local") && replay === undefined;
}

/**
 * The moment that a run takes for the present: the noon of `--date`, or the clock's.
 *
 * @throws UsageError
 */
export function chooseNow({ values }: Pick<Arguments, "values">): () => Date {
  const date = values.get("date");
  if (date === undefined) return () => new Date();
  if (!z.iso.date().safeParse(date).success) {
    throw new UsageError(`--date must be a date such as 2025-03-06 (it is ${JSON.stringify(date)}).`);
  }
  return () => new Date(`${date}T12:00:00`);
}

function inOptionNames(message: string, values: Arguments["values"]): string {
  let told = message;
  for (const { name, ...option } of OPTIONS) {
    if (!values.has(name) || option.value === undefined || option.setting === undefined) continue;
    told = told.replaceAll(new RegExp(`\\b${option.setting}\\b`, "g"), `--${name}`);
  }
  return told;
}
