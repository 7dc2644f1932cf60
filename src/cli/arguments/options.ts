import { ROW_FORMS } from "../../trajectory/rows.ts";
import { joinPaths } from "../../settings/documents.ts";

export const COMMANDS = [
  "ask",
  "chat",
  "resume",
  "threads",
  "search",
  "index",
  "mcp",
  "ui",
  "models",
  "doctor",
  "probe",
  "setup",
  "pull",
  "rollout",
  "eval",
  "export",
  "view",
] as const;
export type Command = (typeof COMMANDS)[number];

export function isCommand(word: string | undefined): word is Command {
  return COMMANDS.some((command) => command === word);
}

interface OptionBase {
  readonly name: string;
  readonly short?: string;
  readonly about: string;
  readonly commands: readonly Command[];
}

/** An option with a value that stands for a setting wins over that setting in the environment. */
export type Option = OptionBase &
  (
    | {
        readonly value: string;
        readonly setting?: string;
        /** It may be given several times: what its values are together. */
        readonly together?: (values: readonly string[]) => string;
      }
    | { readonly value?: never }
  );

const RUNS = ["ask", "chat", "resume", "mcp", "ui", "rollout", "eval"] as const;
const CHECKED = [...RUNS, "doctor"] as const;
const PREPARED = [...CHECKED, "setup"] as const;
const SEARCHED = [...PREPARED, "search"] as const;
const SERVED = [...PREPARED, "models", "probe"] as const;

/** Every option, in the order in which help shows them. */
export const OPTIONS: readonly Option[] = [
  {
    name: "json",
    about: "one JSON object instead of text",
    commands: ["ask", "resume", "threads", "search", "index", "models", "doctor", "probe", "pull", "eval"],
  },
  {
    name: "quiet",
    short: "q",
    about: "the answer alone, as Markdown with links",
    commands: ["ask", "resume"],
  },
  {
    name: "output",
    short: "o",
    value: "<file>",
    about: "write the answer to this file too, as Markdown with links",
    commands: ["ask", "resume"],
  },
  {
    name: "report",
    value: "<file>",
    about: "write the run, or what is shown, to this file as a page for a browser",
    commands: ["ask", "resume", "view", "threads"],
  },
  { name: "run", value: "<number>", about: "take the run of this number alone, from 1", commands: ["view"] },
  {
    name: "thread",
    value: "<name>",
    about: "keep what is said on this thread, and go on with what it knows; export, view: take its last run",
    commands: ["ask", "chat", "export", "view"],
  },
  {
    name: "server",
    value: "<url>",
    about: "take threads of this LangGraph Server (LANGGRAPH_API_KEY), not of the database",
    commands: ["export", "view"],
  },
  { name: "save", value: "<file>", about: "add the whole run to this file, for training", commands: ["ask"] },
  {
    name: "to",
    value: "<form>",
    about: `the form to write: ${ROW_FORMS.join(", ")}, or schema`,
    commands: ["export"],
  },
  {
    name: "out",
    value: "<file>",
    about: "the file to write; .parquet makes it Parquet",
    commands: ["export", "rollout", "eval"],
  },
  {
    name: "queue",
    value: "<name>",
    about:
      "share the samples with all processes that name this queue in the same database; export, view: take what it has kept",
    commands: ["rollout", "export", "view"],
  },
  { name: "forget", about: "remove what the queue has kept", commands: ["rollout"] },
  { name: "samples", value: "<n>", about: "runs of each question (1)", commands: ["rollout", "eval"] },
  { name: "concurrency", value: "<n>", about: "runs at once (8)", commands: ["rollout", "eval"] },
  {
    name: "reward",
    value: "<what>",
    about: "scores with weights (em,format:0.2), a module (./reward.mjs) or a command (!python reward.py)",
    commands: ["rollout"],
  },
  {
    name: "baseline",
    value: "<names>",
    about: "runs to set beside, on the same questions: direct, one-shot, offline; with commas between",
    commands: ["eval"],
  },
  {
    name: "against",
    value: "<file>",
    about: "compare with the runs of this file, question by question; may be given several times",
    commands: ["eval"],
    together: (files: readonly string[]) => files.join("\n"),
  },
  {
    name: "judge",
    value: "<name>",
    about: "have the model of the settings judge the answers, too: simpleqa or hle",
    commands: ["eval"],
  },
  {
    name: "limit",
    value: "<n>",
    about: "the first so many questions alone, of every file",
    commands: ["eval"],
  },
  {
    name: "html",
    value: "<file>",
    about: "write a page with the figures, plots and all answers",
    commands: ["eval"],
  },
  {
    name: "tokenizer",
    value: "<file>",
    about: "a tokenizer.json, for ids that the server did not tell",
    commands: ["export"],
  },
  { name: "no-history", about: "keep nothing of this conversation", commands: ["chat"] },
  {
    name: "all",
    about: "finish every run whose process is gone; export, view: take every thread",
    commands: ["resume", "export", "view"],
  },
  {
    name: "approve",
    about: "ask before each search, and before pages are opened",
    commands: ["ask", "chat", "resume"],
  },
  { name: "delete", value: "<thread>", about: "forget a thread and its searches", commands: ["threads"] },
  {
    name: "sha256",
    value: "<hex>",
    about: "what the file has to be, where the server does not tell it",
    commands: ["pull"],
  },
  {
    name: "port",
    value: "<n>",
    about: "where the page is served (the first free one from 2024 on)",
    commands: ["ui"],
  },
  { name: "no-open", about: "do not open the page in the browser", commands: ["ui"] },
  { name: "watch", about: "build it again whenever files change", commands: ["index"] },
  { name: "yes", short: "y", about: "ask nothing: take what is found, and write it", commands: ["setup"] },
  {
    name: "user",
    about: "write the settings for all folders (~/.config/agentic-rag/env)",
    commands: ["setup"],
  },
  {
    ...setting(
      "docs",
      "<folder>",
      "search this folder, once indexed; may be given several times",
      "AGENTIC_RAG_DOCUMENTS",
      SEARCHED,
    ),
    together: joinPaths,
  },
  {
    ...setting(
      "index-file",
      "<file>",
      "where its index is kept, for a folder that is not to hold it; one for each folder",
      "AGENTIC_RAG_INDEX_FILE",
      [...SEARCHED, "index"],
    ),
    together: joinPaths,
  },
  {
    ...setting(
      "exclude",
      "<pattern>",
      "leave out what matches, as in a .gitignore; may be given several times",
      "AGENTIC_RAG_EXCLUDE",
      ["index"],
    ),
    together: (patterns: readonly string[]) => patterns.join(","),
  },
  setting(
    "database",
    "<address>",
    "where threads are kept, and documents: postgres://user:password@host/name",
    "AGENTIC_RAG_DATABASE",
    [...SEARCHED, "threads", "index"],
  ),
  setting("max-file-mb", "<n>", "leave out larger files", "AGENTIC_RAG_MAX_FILE_MB", ["index"]),
  setting(
    "engine",
    "<names>",
    "where searches go, such as tavily; with commas, the next where one fails",
    "AGENTIC_RAG_ENGINE",
    SEARCHED,
  ),
  setting(
    "protocol",
    "<name>",
    "how the model writes searches, such as qwq or search-r1",
    "AGENTIC_RAG_PROTOCOL",
    CHECKED,
  ),
  setting(
    "model-url",
    "<url>",
    "address of the model's server, ending in /v1",
    "AGENTIC_RAG_MODEL_URL",
    SERVED,
  ),
  setting("model", "<name>", "the model's name at that server", "AGENTIC_RAG_MODEL", [...PREPARED, "probe"]),
  setting(
    "model-family",
    "<name>",
    "auto, completions, chat-prefix, native-tools, responses, gguf or offline",
    "AGENTIC_RAG_MODEL_FAMILY",
    CHECKED,
  ),
  setting("gguf", "<file>", "run this GGUF file instead of asking a server", "AGENTIC_RAG_GGUF", PREPARED),
  setting("max-searches", "<n>", "searches for a question", "AGENTIC_RAG_MAX_SEARCHES", RUNS),
  setting(
    "max-tokens",
    "<n>",
    "tokens that the model may write for a question",
    "AGENTIC_RAG_MAX_TOKENS",
    RUNS,
  ),
  setting("max-seconds", "<n>", "time for a question", "AGENTIC_RAG_MAX_SECONDS", RUNS),
  setting("max-results", "<n>", "sources from one search", "AGENTIC_RAG_MAX_RESULTS", [...RUNS, "search"]),
  setting("temperature", "<n>", "sampling; none leaves it to the server", "AGENTIC_RAG_TEMPERATURE", RUNS),
  setting("seed", "<n>", "sampling that can be repeated", "AGENTIC_RAG_SEED", RUNS),
  { name: "date", value: "<yyyy-mm-dd>", about: "what the model is told today is", commands: RUNS },
  { name: "no-color", about: "no colours; the same as NO_COLOR=1", commands: COMMANDS },
  { name: "help", short: "h", about: "help for the program or a command", commands: COMMANDS },
  { name: "version", short: "v", about: "the version", commands: COMMANDS },
];

function setting(
  name: string,
  value: string,
  about: string,
  variable: string,
  commands: readonly Command[],
): Option & { readonly value: string } {
  return { name, value, about, setting: variable, commands };
}
