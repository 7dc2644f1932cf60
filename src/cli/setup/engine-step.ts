import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createEngine } from "../../assemble/engine.ts";
import { indexFileOf, joinPaths, splitPaths } from "../../settings/documents.ts";
import { AgenticRagError } from "../../errors.ts";
import { createProxyFetch } from "../../net/proxy.ts";
import { ENGINE_NAMES, type EngineName } from "../../settings/engine-names.ts";
import { adviceFor, hasNeed, needOf } from "../../settings/search.ts";
import { buildIndex } from "../../search/local/index-builder.ts";
import { readSettings } from "../../settings/settings.ts";
import { counted } from "../../view/amounts.ts";
import { quoted } from "../../text/quoted.ts";
import { checkEngine } from "../doctor/engine-checks.ts";
import type { EnvChanges } from "./env-file.ts";
import { untilItWorks, type StepContext } from "./model-step.ts";

/** Where the keys are to be had. */
const KEYS_FROM: Partial<Record<EngineName, string>> = {
  tavily: "https://app.tavily.com",
  brave: "https://api-dashboard.search.brave.com",
  serper: "https://serper.dev",
  exa: "https://dashboard.exa.ai",
  jina: "https://jina.ai",
};

/** Asks for the search engine, or several in their order, until they answer, or are wanted all the same. */
export async function chooseEngine(context: StepContext): Promise<EnvChanges> {
  const { questions, environment, signal } = context;
  return untilItWorks(questions, async () => {
    const answer = await questions.ask(
      `Search engine, or several with commas between: ${ENGINE_NAMES.join(", ")}`,
      { fallback: environment["AGENTIC_RAG_ENGINE"]?.trim() || readEngine(environment) },
    );
    const chosen: Record<string, string | null> = { AGENTIC_RAG_ENGINE: answer };
    // a name that is none ends it here
    const { engines } = settingsWith(context, chosen).search;
    for (const engine of engines) Object.assign(chosen, await askNeed(context, engine, engines.length > 1));
    if (engines.includes("local")) chosen["AGENTIC_RAG_DOCUMENTS"] = await chooseDocuments(context);
    const settings = settingsWith(context, chosen);
    const failures: string[] = [];
    for (const engine of engines) {
      if (!hasNeed(settings.search, engine)) throw new AgenticRagError("settings-invalid", adviceFor(engine));
      const made = createEngine(engine, settings, createProxyFetch(environment));
      const check = await checkEngine(engine, made, signal);
      await made.close?.();
      questions.say(`${check.name}: ${check.message}`);
      if (check.status === "failed") failures.push(check.message);
    }
    if (failures.length === 0) return chosen;
    if (questions.unattended) throw new AgenticRagError("settings-invalid", failures.join("\n"));
    if (await questions.confirm("Use it all the same?", false)) return chosen;
    throw new AgenticRagError("settings-invalid", "Then choose another one.");
  });
}

/** The settings with what is chosen. The model is not asked, and what is wrong with it is no matter here. */
function settingsWith(
  { environment }: Pick<StepContext, "environment">,
  chosen: Readonly<Record<string, string | null>>,
) {
  return readSettings({
    ...Object.fromEntries(
      Object.entries(environment).filter(([name]) => !/^AGENTIC_RAG_(?!ENGINE)/.test(name)),
    ),
    ...withoutNull(chosen),
  });
}

/** The engine that runs would use; wrong settings name none. */
function readEngine(environment: StepContext["environment"]): string {
  try {
    return settingsWith({ environment }, { AGENTIC_RAG_ENGINE: "" }).search.engines.join(",");
  } catch (error) {
    if (AgenticRagError.isInstance(error)) return "local";
    throw error;
  }
}

/** What an engine cannot do without. */
async function askNeed(
  { questions, environment }: StepContext,
  engine: EngineName,
  isOneOfSeveral: boolean,
): Promise<EnvChanges> {
  const need = needOf(engine);
  if (need === undefined) return {};
  const set = environment[need]?.trim() ?? "";
  const whose = isOneOfSeveral ? `${engine}'s` : "Its";
  if (!need.endsWith("_API_KEY")) {
    const answers = { [need]: await questions.ask(`${whose} address`, { fallback: set }) };
    if (engine !== "http") return answers;
    const results = environment["HTTP_SEARCH_RESULTS"]?.trim() ?? "";
    const where = "Where in its replies the results are, as in hits[].{title: title, url: url, text: body}";
    return { ...answers, HTTP_SEARCH_RESULTS: await questions.ask(where, { fallback: results }) };
  }
  const about = set === "" ? `from ${KEYS_FROM[engine] ?? "its service"}` : "empty: the one that is set";
  return { [need]: await questions.ask(`${whose} key (${about})`, { hidden: true, fallback: set }) };
}

async function chooseDocuments({
  questions,
  environment,
  folder,
  signal,
}: StepContext): Promise<string | null> {
  const fallback = environment["AGENTIC_RAG_DOCUMENTS"]?.trim() ?? "";
  const answer = await questions.ask("Folder of your documents, or none for the shipped articles", {
    fallback: fallback || "none",
  });
  if (answer === "none") return null;
  const folders = splitPaths(answer).map((path) => resolve(folder, path));
  for (const documents of folders) await requireIndexed(documents, questions, signal);
  return joinPaths(folders);
}

async function requireIndexed(
  documents: string,
  questions: StepContext["questions"],
  signal: AbortSignal,
): Promise<void> {
  if (!existsSync(documents)) {
    throw new AgenticRagError("settings-invalid", `There is no folder ${documents}. Name an existing one.`);
  }
  const file = indexFileOf(documents);
  if (existsSync(file)) return;
  if (!(await questions.confirm("It has no index yet. Index it now?", true))) {
    throw new AgenticRagError(
      "settings-invalid",
      `It can be searched once it is indexed: agentic-rag index ${quoted(documents)}`,
    );
  }
  const { index, report } = await buildIndex({ folder: documents, file, signal });
  index.close();
  questions.say(`The index holds ${counted(report.documents, "document")}.`);
}

function withoutNull(values: Readonly<Record<string, string | null>>): Record<string, string> {
  const left: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) if (value !== null) left[name] = value;
  return left;
}
