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
  [["--engine", "", "Q?"], "--engine needs a value. See agentic-rag --help."],
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
