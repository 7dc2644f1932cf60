import { ENGINE_NEEDS } from "../../settings/search.ts";
import { SETTINGS } from "../../settings/settings.ts";
import { OPTIONS, type Command } from "./options.ts";

const USAGE: Readonly<
  Record<Command, { about: string; usage: string; details: string; examples: readonly string[] }>
> = {
  ask: {
    about: "ask a question, and see the reasoning, the searches and the cited answer",
    usage: "agentic-rag [ask] [options] <question>",
    details: `The question is also read from stdin: when no words are given, or for "-".
At a terminal everything is shown. Where stdout goes elsewhere, it gets the answer and its sources, and stderr the rest.`,
    examples: [
      'agentic-rag "Which licence does QwQ-32B have?"',
      "agentic-rag ask --engine tavily --max-searches 3 Who maintains SearXNG?",
      'agentic-rag ask --docs ./handbook -o answer.md "How long is the notice period?"',
      "agentic-rag ask --json - < question.txt",
    ],
  },
  chat: {
    about: "ask one question after another; each knows what was said before",
    usage: "agentic-rag chat [options]",
    details: `One question a line; /help shows what else can be typed. Ctrl-C stops an answer, Ctrl-D ends.
Questions may also be piped in, one a line. The conversation is kept as a thread, whose name is told at its end;
with --thread it goes on. SIGTERM ends it after the step that it is in: agentic-rag resume finishes the answer.`,
    examples: [
      "agentic-rag chat",
      "agentic-rag chat --thread holidays",
      "agentic-rag chat --docs ./handbook < questions.txt",
    ],
  },
  resume: {
    about: "finish the last question of a thread, whatever ended it",
    usage: "agentic-rag resume [options] <thread>\n       agentic-rag resume [options] --all",
    details: `Goes on after the last step that was done; no search that was answered is sent again. An answer that is there
already is shown. --all finishes every run whose process is gone, such as after a restart of the machine.`,
    examples: ["agentic-rag resume holidays", "agentic-rag resume --all"],
  },
  threads: {
    about: "list what is kept of conversations, show one, or forget it",
    usage: "agentic-rag threads [options]\n       agentic-rag threads show [options] <thread>",
    details: `The newest 50 threads, with how their last run stands. show prints the questions and answers of one, and the
sources of the last.`,
    examples: [
      "agentic-rag threads",
      "agentic-rag threads show holidays",
      "agentic-rag threads show holidays --report holidays.html",
      "agentic-rag threads --delete holidays",
    ],
  },
  rollout: {
    about: "ask every question of a data set, and keep the runs for training",
    usage:
      "agentic-rag rollout <dataset> --out <file> [options]\n       agentic-rag rollout <dataset> --queue <name> [--out <file>] [options]\n       agentic-rag rollout --queue <name> --forget",
    details: `The data set is JSON, JSON lines, CSV, TSV or Parquet, with the fields of Search-R1 (question, golden_answers) or as others are
published (TriviaQA, PopQA, HotpotQA, MuSiQue, FRAMES, …). The same command
goes on where it was ended. Each run is added to the file as it ends, a failed one too. agentic-rag export writes it for a trainer.`,
    examples: [
      "agentic-rag rollout train.parquet --out runs.jsonl --samples 8 --temperature 1",
      "agentic-rag rollout dev.jsonl --out runs.jsonl --reward em,format:0.2,searches:-0.05",
      "AGENTIC_RAG_DATABASE=postgres://user@host/name agentic-rag rollout train.parquet --queue epoch-1 --out runs.jsonl",
    ],
  },
  eval: {
    about: "score a data set or saved runs: matches, searches, citations, time, with intervals",
    usage: "agentic-rag eval <dataset> --out <file> [options]\n       agentic-rag eval <runs> [options]",
    details: `A data set is asked as rollout asks it, and the same command goes on where it was ended. Runs are scored as they are.
A run that failed counts as wrong. --baseline asks the same questions otherwise: the model alone (direct), with one search
(one-shot), the offline reader (offline); their runs are kept beside the others. To judge by another model, set that one
when the runs are there.`,
    examples: [
      "agentic-rag eval bamboogle.jsonl --out runs.jsonl",
      "agentic-rag eval nq.jsonl --out runs.jsonl --limit 200 --baseline direct,one-shot,offline --html page.html",
      "agentic-rag eval new.jsonl --against old.jsonl --json",
      "agentic-rag eval runs.jsonl --judge hle --model-url http://127.0.0.1:8000/v1",
    ],
  },
  export: {
    about: "write saved runs in the form that a trainer takes",
    usage:
      "agentic-rag export --to <form> [options] <file>\n       agentic-rag export --to <form> --thread <name>|--all [--server <url>]\n       agentic-rag export --to <form> --queue <name>",
    details: `Reads what ask --save and rollout have written, the last run of a thread or of all, or what a queue has kept.
With --to runs they are written as ask --save does. What a model wrote has the mask 1, all else 0.
Ids are those that the server told; --tokenizer makes those that it did not, and tells what that changes.`,
    examples: [
      "agentic-rag export --to trl runs.jsonl > rows.jsonl",
      "agentic-rag export --to tokens --out rows.parquet runs.jsonl",
      "agentic-rag export --to text --thread holidays",
      "agentic-rag export --to runs --out runs.jsonl --server http://localhost:2024 --all",
    ],
  },
  view: {
    about: "show saved runs: what the model wrote, and what was put into its turn",
    usage:
      "agentic-rag view [options] <file>\n       agentic-rag view --thread <name>|--all [--server <url>]\n       agentic-rag view --queue <name>",
    details: `What counts for a loss is shown in colour, all else dim; without colours it stands between ⟪ and ⟫.
--report writes a page with what happened in each run instead.`,
    examples: [
      "agentic-rag view runs.jsonl",
      "agentic-rag view --thread holidays",
      "agentic-rag view runs.jsonl --run 3 --report run.html",
    ],
  },
  search: {
    about: "send one query to the search engine alone, without a model, and see what it finds",
    usage: "agentic-rag search [options] <query>",
    details: `Tells too how the answer came about: which engines were tried, how long it took, and whether a cache had it.
Nothing found, and a failure, end with 1.`,
    examples: [
      'agentic-rag search "QwQ-32B licence"',
      "agentic-rag search --engine tavily,wikipedia --max-results 3 --json QwQ-32B",
    ],
  },
  index: {
    about: "make a folder of documents searchable, or bring its index up to date",
    usage: "agentic-rag index [options] <folder> ...",
    details: `Reads text, Markdown, HTML, PDF, office files, tables, mails, code; what a .gitignore or --exclude names is left out.
The index is kept in <folder>/.agentic-rag/index.sqlite, or in the --index-file of a folder that cannot be written;
documents that have not changed are not read again. What is not read is counted, or named with the reason.`,
    examples: [
      "agentic-rag index ./handbook",
      "agentic-rag index --index-file ~/wiki.sqlite --exclude drafts/ /mnt/wiki",
      'agentic-rag ask --docs ./handbook "How long is the notice period?"',
    ],
  },
  mcp: {
    about: "serve research and search to other programs over MCP, on stdin and stdout",
    usage: "agentic-rag mcp [options]",
    details: `Is started by an MCP client, such as Claude Desktop, Cursor or VS Code. Nothing but the protocol goes to stdout;
failures are told on stderr too. The end of stdin ends it, and what still runs.`,
    examples: ["agentic-rag mcp", "agentic-rag mcp --docs ./handbook --max-searches 3"],
  },
  ui: {
    about: "serve a page on this machine to ask on and to watch runs, and open it",
    usage: "agentic-rag ui [options]",
    details: `The page shows each step of the graph, the sources, and how well each citation is supported; queries are edited and
runs forked there. It is served by LangGraph's development server on 127.0.0.1, which is installed once:
npm install @langchain/langgraph-cli@1.5.1. Threads are kept for each folder. Ctrl-C ends it.`,
    examples: ["agentic-rag ui", "agentic-rag ui --docs ./handbook"],
  },
  models: {
    about: "list the models that the model's server has",
    usage: "agentic-rag models [options]",
    details: `Where no server is set, those of the model servers that run on this machine. Nothing is asked of a model.
No model found ends with 1.`,
    examples: ["agentic-rag models", "agentic-rag models --model-url http://127.0.0.1:8000/v1 --json"],
  },
  doctor: {
    about: "check the settings, the model's endpoint, the search engines and the documents",
    usage: "agentic-rag doctor [options]",
    details:
      "Sends a handful of small requests to the model, and one query to each engine that is set up or chosen.",
    examples: ["agentic-rag doctor", "agentic-rag doctor --engine tavily --json"],
  },
  probe: {
    about: "find out whether a model's server continues a turn, and which settings fit it",
    usage: "agentic-rag probe [options]",
    details: `Sends a handful of requests of some twenty tokens each. Without options the server of the settings is asked.
What it finds is kept for a week and used by ask and chat.`,
    examples: [
      "agentic-rag probe",
      "agentic-rag probe --model-url http://127.0.0.1:8000/v1 --model Qwen/QwQ-32B",
    ],
  },
  setup: {
    about: "choose a model and a search engine, try them, and write the settings to .env",
    usage: "agentic-rag setup [options]",
    details: `Asks one question after another; answers may also be piped in, one a line. Nothing is written before the end.
Other lines of an existing .env stay as they are.`,
    examples: ["agentic-rag setup", "agentic-rag setup --yes --model-url http://127.0.0.1:8000/v1"],
  },
  pull: {
    about: "download a small open model, which ask uses from then on, or list those that are offered",
    usage: "agentic-rag pull [options] [model]",
    details: `The file comes into the user's cache (~/.cache/agentic-rag/models), through node-llama-cpp, which also runs it; what was
begun is gone on with. It is checked by the hash that the server's headers tell, or by --sha256; where nobody tells one,
that is said. ~/.config/agentic-rag/env then names the file, as setup --user would.`,
    examples: [
      "agentic-rag pull",
      "agentic-rag pull jan-nano",
      "agentic-rag pull hf:Qwen/Qwen3-8B-GGUF:Q4_K_M",
      "agentic-rag pull --sha256 1f3a… https://models.example.com/small.gguf",
    ],
  },
};

const EXIT_CODES = `Exit codes:
  0  answered, done, nothing wrong
  1  no answer, or something failed
  2  wrong usage or settings
  130, 143  stopped by Ctrl-C or SIGTERM`;

/** Help for a command, or for the whole program. */
export function helpText(command?: Command): string {
  return `${command === undefined ? programHelp() : commandHelp(command)}\n`;
}

function commandHelp(command: Command): string {
  const { about, usage, details, examples } = USAGE[command];
  const sentence = `${about.charAt(0).toUpperCase()}${about.slice(1)}.`;
  return [
    `${sentence}\n\nUsage: ${usage}`,
    details,
    `Options:\n${options((option) => option.commands.includes(command))}`,
    `Examples:\n${examples.map((example) => `  ${example}`).join("\n")}`,
    `${EXIT_CODES}\n\nEnvironment variables: agentic-rag --help`,
  ].join("\n\n");
}

function programHelp(): string {
  const commands = Object.entries(USAGE).map(([name, { about }]) => [name, about] as const);
  return [
    "An agent that searches in the middle of its reasoning and answers with citations.",
    "Usage: agentic-rag [command] [options] [words]\n       agentic-rag <question>",
    `Commands:\n${table(commands)}`,
    `Options:\n${options(() => true)}`,
    "More about a command: agentic-rag <command> --help",
    `Examples:\n${[USAGE.ask.examples[0], USAGE.index.examples[0], USAGE.ask.examples[2], "agentic-rag chat", "agentic-rag setup"].map((example) => `  ${example}`).join("\n")}`,
    `Environment variables (also read from .env here, then ~/.config/agentic-rag/env; an option wins over its variable):\n${table(
      SETTINGS.map(({ name, about }) => [name, about] as const),
    )}`,
    `Without AGENTIC_RAG_MODEL_URL or AGENTIC_RAG_GGUF a model server on this machine is taken where one runs (Ollama,
llama.cpp, LM Studio, vLLM); else an offline extractive reader answers, which is no language model.
Without any engine's key or address the articles that come with the program are searched. The first engine that has
what it needs is taken: ${Object.keys(ENGINE_NEEDS).join(", ")}.`,
    EXIT_CODES,
  ].join("\n\n");
}

function options(wanted: (option: (typeof OPTIONS)[number]) => boolean): string {
  return table(
    OPTIONS.filter(wanted).map(({ name, short, value, about }) => [
      `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`,
      about,
    ]),
  );
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
