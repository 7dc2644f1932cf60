import { DIALECT_CALLS } from "./dialect-calls.ts";

const TAGS = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"];

/** What one writes about tool calling, one paragraph each: the tags, and an example of every form of a call. */
export const PROSE: readonly string[] = [
  ...TAGS.flatMap((tag) => [
    `The tag \`${tag}\` is one of them.`,
    `Here ${tag} is named in a sentence, "${tag}" is quoted, and (${tag}) stands in brackets.`,
    `- **${tag}**: what it is for`,
    `| ${tag} | its use |`,
  ]),
  ...DIALECT_CALLS.filter(({ text }) => !text.includes("```")).map(
    ({ text }) => `An example:\n\n\`\`\`xml\n${text}\n\`\`\``,
  ),
  ...DIALECT_CALLS.filter(({ text }) => !text.includes("`")).map(({ text }) => `~~~\n${text}\n~~~`),
  'Indented, it looks like this:\n\n    <tool_call>\n    {"name": "web_search", "arguments": {}}\n    </tool_call>',
  "The names are `<|channel|>`, `<|message|>` and `<|call|>`, as in `<|channel|>final<|message|>`.",
  'A call is `{"name": "web_search", "arguments": {"query": "x"}}`, say.',
  "Use <function=foo> where a function is called, [TOOL_CALLS] where a list is.",
  "模型先写<tool_call>，再写</tool_call>，然后等待<tool_response>的内容。",
  "モデルは「<tool_call>」を書き、『</tool_call>』で止まる。",
  "Das Modell schreibt „<tool_call>“, dann „</tool_call>“.",
  "Le modèle écrit « <tool_call> », puis « </tool_call> ».",
  "Between <tool_call> and </tool_call> stands JSON; <tool_call>/</tool_call> are a pair.",
  "In HTML it is <code><tool_call></code>, and <code></tool_call></code> ends it.",
  '> As said:\n> ```\n> <tool_call>\n> {"name": "web_search", "arguments": {}}\n> </tool_call>\n> ```',
  '- An item:\n  ```\n  <tool_call>\n  {"name": "web_search", "arguments": {}}\n  </tool_call>\n  ```',
  '1. ```\n   {"name": "web_search", "arguments": {"query": "x"}}\n   </tool_call>\n   ```',
  "An unclosed ` sign, and 1 < 2 > 0.",
  "## About <tool_call>",
];
