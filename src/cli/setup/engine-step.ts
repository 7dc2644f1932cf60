import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { assemble, indexFileOf } from "../../assemble.ts";
import { AgenticRagError } from "../../errors.ts";
import { buildIndex } from "../../search/index-builder.ts";
import { readSettings } from "../../settings.ts";
import { counted } from "../amounts.ts";
import { quoted } from "../chosen-settings.ts";
import { checkEngine } from "../doctor/engine-checks.ts";
import type { EnvChanges } from "./env-file.ts";
import { untilItWorks, type StepContext } from "./model-step.ts";

const ADDRESSES: Readonly<Record<string, string>> = {
  searxng: "SEARXNG_BASE_URL",
  retriever: "RETRIEVER_BASE_URL",
};

/** Asks for the search engine until one answers, or is wanted all the same. */
export async function chooseEngine(context: StepContext): Promise<EnvChanges> {
  const { questions, environment, signal } = context;
  const set = (name: string): string => environment[name]?.trim() ?? "";
  return untilItWorks(questions, async () => {
    const engine = await questions.ask("Search engine: local, tavily, searxng or retriever", {
      fallback: set("AGENTIC_RAG_ENGINE") || readEngine(environment),
    });
    const chosen: Record<string, string | null> = { AGENTIC_RAG_ENGINE: engine };
    const address = ADDRESSES[engine];
    if (address !== undefined)
      chosen[address] = await questions.ask("Its address", { fallback: set(address) });
    if (engine === "tavily") {
      const about = set("TAVILY_API_KEY") === "" ? "tvly-…" : "empty: the one that is set";
      chosen["TAVILY_API_KEY"] = await questions.ask(`Its key (${about})`, {
        hidden: true,
        fallback: set("TAVILY_API_KEY"),
      });
    }
    if (engine === "local") chosen["AGENTIC_RAG_DOCUMENTS"] = await chooseDocuments(context);
    // the model is not asked, and what is wrong with it is no matter here
    const settings = readSettings({
      ...Object.fromEntries(
        Object.entries(environment).filter(([name]) => !/^AGENTIC_RAG_(?!ENGINE)/.test(name)),
      ),
      ...withoutNull(chosen),
    });
    const check = await checkEngine(assemble(settings).engine, signal);
    questions.say(`${check.name}: ${check.message}`);
    if (check.status !== "failed") return chosen;
    if (questions.unattended) throw new AgenticRagError("settings-invalid", check.message);
    if (await questions.confirm("Use it all the same?", false)) return chosen;
    throw new AgenticRagError("settings-invalid", "Then choose another one.");
  });
}

/** The one that runs would use. */
function readEngine({
  TAVILY_API_KEY,
  SEARXNG_BASE_URL,
  RETRIEVER_BASE_URL,
}: StepContext["environment"]): string {
  if ((TAVILY_API_KEY?.trim() ?? "") !== "") return "tavily";
  if ((SEARXNG_BASE_URL?.trim() ?? "") !== "") return "searxng";
  return (RETRIEVER_BASE_URL?.trim() ?? "") === "" ? "local" : "retriever";
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
  const documents = resolve(folder, answer);
  if (!existsSync(documents)) {
    throw new AgenticRagError("settings-invalid", `There is no folder ${documents}. Name an existing one.`);
  }
  const file = indexFileOf(documents);
  if (existsSync(file)) return documents;
  if (!(await questions.confirm("It has no index yet. Index it now?", true))) {
    throw new AgenticRagError(
      "settings-invalid",
      `It can be searched once it is indexed: agentic-rag index ${quoted(documents)}`,
    );
  }
  const { index, report } = await buildIndex({ folder: documents, file, signal });
  index.close();
  questions.say(`The index holds ${counted(report.documents, "document")}.`);
  return documents;
}

function withoutNull(values: Readonly<Record<string, string | null>>): Record<string, string> {
  const left: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) if (value !== null) left[name] = value;
  return left;
}
