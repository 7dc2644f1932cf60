import { expect, test } from "vitest";
import { readArguments } from "../../../src/cli/arguments/arguments.ts";

function read(line: readonly string[]) {
  const { command, helpFor, words, switches, values } = readArguments(line);
  return { command, helpFor, words, switches: [...switches], values: Object.fromEntries(values) };
}

const NONE = { helpFor: undefined, words: [], switches: [], values: {} };

test.each([
  [[], { ...NONE, command: "none" }],
  [["-"], { ...NONE, command: "ask", words: ["-"] }],
  [["What is QwQ?"], { ...NONE, command: "ask", words: ["What is QwQ?"] }],
  [["ask", "What", "is", "it?"], { ...NONE, command: "ask", words: ["What", "is", "it?"] }],
  [["--json", "ask", "Q?"], { ...NONE, command: "ask", words: ["Q?"], switches: ["json"] }],
  [["-q", "Q?"], { ...NONE, command: "ask", words: ["Q?"], switches: ["quiet"] }],
  [["ask", "--", "--json?"], { ...NONE, command: "ask", words: ["--json?"] }],
  [
    ["ask", "--engine", " tavily ", "--seed=-1", "Q?"],
    { ...NONE, command: "ask", words: ["Q?"], values: { engine: "tavily", seed: "-1" } },
  ],
  [["chat", "--docs", "x"], { ...NONE, command: "chat", values: { docs: "x" } }],
  [["index", "x"], { ...NONE, command: "index", words: ["x"] }],
  [["help"], { ...NONE, command: "help" }],
  [["help", "index"], { ...NONE, command: "help", helpFor: "index" }],
  [["help", "me", "choose"], { ...NONE, command: "ask", words: ["help", "me", "choose"] }],
  [["index", "-h"], { ...NONE, command: "help", helpFor: "index", switches: ["help"] }],
  [["-V"], { ...NONE, command: "version", switches: ["version"] }],
  [["-v"], { ...NONE, command: "version", switches: ["version"] }],
  [["ask", "--", "-V"], { ...NONE, command: "ask", words: ["-V"] }],
  [["threads", "show", "fruit"], { ...NONE, command: "threads", words: ["show", "fruit"] }],
  [
    ["ask", "-o", "answer.md", "Q?"],
    { ...NONE, command: "ask", words: ["Q?"], values: { output: "answer.md" } },
  ],
  [
    ["index", "--exclude", "a", "--exclude=b", "x"],
    { ...NONE, command: "index", words: ["x"], values: { exclude: "a,b" } },
  ],
])("%j is understood", (line, expected) => {
  expect(read(line)).toEqual({ ...expected, switches: expect.arrayContaining(expected.switches) });
});

test.each([
  [
    ["--jsno", "Q?"],
    "There is no option --jsno. Did you mean --json? A question that begins with a dash goes behind --. See agentic-rag --help.",
  ],
  [
    ["-x"],
    "There is no option -x. A question that begins with a dash goes behind --. See agentic-rag --help.",
  ],
  [["--engine", "", "Q?"], "--engine needs a value: --engine <names>. See agentic-rag --help."],
  [["Q?", "--engine"], "--engine needs a value: --engine <names>. See agentic-rag --help."],
  [
    ["--engine", "--json", "Q?"],
    "--engine needs a value, and --json stands behind it. A value that begins with a dash is written --engine=--json. See agentic-rag --help.",
  ],
  [["--json=yes", "Q?"], "--json takes no value. See agentic-rag --help."],
  [[""], "ask was given an empty argument, such as a variable that is not set."],
  [["ask", " ", ""], "ask was given an empty argument, such as a variable that is not set."],
  [["search", ""], "search was given an empty argument, such as a variable that is not set."],
  [["index", "a", ""], "index was given an empty argument, such as a variable that is not set."],
  [["resume", " "], "resume was given an empty argument, such as a variable that is not set."],
  [
    ["resume", "--all", "-o", "x.md"],
    "--output takes one answer, and --all finishes several. Leave out one of them.",
  ],
  [
    ["threads", "fruit"],
    'threads takes no words but show and one thread: agentic-rag threads show <thread>\nA question that begins with "threads" is asked by: agentic-rag ask "threads fruit"',
  ],
  [["chat", "--json"], "chat has no option --json. See agentic-rag chat --help."],
  [["index", "--engine", "local", "x"], "index has no option --engine. See agentic-rag index --help."],
  [["index"], "index needs the folder to index: agentic-rag index <folder>"],
  [
    ["chat", "about", "it"],
    'chat takes no words: agentic-rag chat\nA question that begins with "chat" is asked by: agentic-rag ask "chat about it"',
  ],
])("%j is a mistake that is explained", (line, message) => {
  expect(() => readArguments(line)).toThrow(expect.objectContaining({ name: "UsageError", message }));
});

test.each([
  [
    ["serach", "x"],
    ["search", "x"],
  ],
  [
    ["saerch", "-q", "x"],
    ["search", "-q", "x"],
  ],
  [
    ["--json", "indx", "folder"],
    ["--json", "index", "folder"],
  ],
  [["thread"], ["threads"]],
  [
    ["thread", "show", "x"],
    ["threads", "show", "x"],
  ],
  [["modles"], ["models"]],
  [
    ["doctr", "--json"],
    ["doctor", "--json"],
  ],
  [
    ["stup", "--yes"],
    ["setup", "--yes"],
  ],
  [["mpc"], ["mcp"]],
  [["hlep"], ["help"]],
])("%j is asked about: %j", (line, meant) => {
  expect(readArguments(line).meant?.args).toEqual(meant);
});

test.each([
  ["what is it"],
  ["what", "is", "it"],
  ["that", "is", "it"],
  ["thread", "safety", "in", "Java"],
  ["task", "scheduling"],
  ["Search", "for", "it"],
  ["research", "agents"],
  ["--", "serach", "x"],
  ["ask", "serach", "x"],
  ["search", "x"],
  ["licences"],
])("%j is a question or a command, and nothing is asked about it", (...line) => {
  expect(readArguments(line).meant).toBeUndefined();
});
