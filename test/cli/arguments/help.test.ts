import { expect, test } from "vitest";
import { helpText } from "../../../src/cli/arguments/help.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { SETTINGS } from "../../../src/settings/settings.ts";
import { createStage } from "../surroundings.ts";
import { Terminal } from "../terminal/screen.ts";

test("help for a command", () => {
  expect(helpText("ask")).toMatchInlineSnapshot(`
    "Ask a question, and see the reasoning, the searches and the cited answer.

    Usage: agentic-rag [ask] [options] <question>

    The question is also read from stdin: when no words are given, or for "-".
    At a terminal everything is shown. Where stdout goes elsewhere, it gets the answer and its sources, and stderr the rest.

    Options:
          --json                 one JSON object instead of text
      -q, --quiet                the answer alone, as Markdown with links
      -o, --output <file>        write the answer to this file too, as Markdown with links
          --report <file>        write the run, or what is shown, to this file as a page for a browser
          --thread <name>        keep what is said on this thread, and go on with what it knows; export, view: take its last run
          --save <file>          add the whole run to this file, for training
          --approve              ask before each search, and before pages are opened
          --docs <folder>        search this folder, once indexed; may be given several times
          --index-file <file>    where its index is kept, for a folder that is not to hold it; one for each folder
          --database <address>   where threads are kept, and documents: postgres://user:password@host/name
          --engine <names>       where searches go, such as tavily; with commas, the next where one fails
          --protocol <name>      how the model writes searches, such as qwq or search-r1
          --model-url <url>      address of the model's server, ending in /v1
          --model <name>         the model's name at that server
          --model-family <name>  auto, completions, chat-prefix, native-tools, responses, gguf or offline
          --gguf <file>          run this GGUF file instead of asking a server
          --max-searches <n>     searches for a question
          --max-tokens <n>       tokens that the model may write for a question
          --max-seconds <n>      time for a question
          --max-results <n>      sources from one search
          --temperature <n>      sampling; none leaves it to the server
          --seed <n>             sampling that can be repeated
          --date <yyyy-mm-dd>    what the model is told today is
          --no-color             no colours; the same as NO_COLOR=1
      -h, --help                 help for the program or a command
      -v, --version              the version

    Examples:
      agentic-rag "Which licence does QwQ-32B have?"
      agentic-rag ask --engine tavily --max-searches 3 Who maintains SearXNG?
      agentic-rag ask --docs ./handbook -o answer.md "How long is the notice period?"
      agentic-rag ask --json - < question.txt

    Exit codes:
      0  answered, done, nothing wrong
      1  no answer, or something failed
      2  wrong usage or settings
      130, 143  stopped by Ctrl-C or SIGTERM

    Environment variables: agentic-rag --help
    "
  `);
});

test("help for the program begins with what it is and how it is called", () => {
  expect(helpText().split("\n\n").slice(0, 3).join("\n\n")).toMatchInlineSnapshot(`
    "An agent that searches in the middle of its reasoning and answers with citations.

    Usage: agentic-rag [command] [options] [words]
           agentic-rag <question>

    Commands:
      ask      ask a question, and see the reasoning, the searches and the cited answer
      chat     ask one question after another; each knows what was said before
      resume   finish the last question of a thread, whatever ended it
      threads  list what is kept of conversations, show one, or forget it
      rollout  ask every question of a data set, and keep the runs for training
      eval     score a data set or saved runs: matches, searches, citations, time, with intervals
      export   write saved runs in the form that a trainer takes
      view     show saved runs: what the model wrote, and what was put into its turn
      search   send one query to the search engine alone, without a model, and see what it finds
      index    make a folder of documents searchable, or bring its index up to date
      mcp      serve research and search to other programs over MCP, on stdin and stdout
      ui       serve a page on this machine to ask on and to watch runs, and open it
      models   list the models that the model's server has
      doctor   check the settings, the model's endpoint, the search engines and the documents
      probe    find out whether a model's server continues a turn, and which settings fit it
      setup    choose a model and a search engine, try them, and write the settings to .env
      pull     download a small open model, which ask uses from then on, or list those that are offered"
  `);
});

test("help for the program has every setting once, in order", () => {
  const names = [...helpText().matchAll(/^ {2}([A-Z_]+) {2}/gm)].map(([, name]) => name);
  expect(names).toEqual(SETTINGS.map(({ name }) => name));
});

test.each([40, 80])("help fits a terminal of %i columns, and is the same elsewhere", async (columns) => {
  for (const args of [["--help"], ["ask", "--help"], ["threads", "--help"]]) {
    const terminal = new Terminal(columns);
    const stage = createStage();
    await runProgram(args, { ...stage.surroundings, stdout: terminal });
    await runProgram(args, stage.surroundings);
    expect(terminal.tooWide.filter((row) => /\s\S*\s\S/.test(row.trim()))).toEqual([]);
    expect(terminal.text.replaceAll(/\s+/g, " ").trim()).toBe(stage.out().replaceAll(/\s+/g, " ").trim());
    expect(stage.out()).toBe(helpText(args.length === 1 ? undefined : args[0] === "ask" ? "ask" : "threads"));
  }
});
