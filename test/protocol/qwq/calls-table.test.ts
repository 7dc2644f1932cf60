import { table } from "../../markdown-table.ts";
import { expect, test } from "vitest";
import type { StreamEnd } from "../../../src/protocol/protocol.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { stoppedForms } from "../stopped-forms.ts";
import { readOn } from "../wire.ts";
import { DIALECT_CALLS, type DialectCall } from "./dialect-calls.ts";

const STOPPED: StreamEnd = { finishReason: "stop" };

const PLACES = [
  ["in the thought", "I should look this up.\n"],
  ["behind it", "I should look.\n</think>\n\nI'll look that up.\n\n"],
] as const;

/** Calls that cannot be run as they are. */
const BROKEN: readonly (readonly [name: string, text: string])[] = [
  ["JSON with a hole", '<tool_call>\n{"name": "web_search", "arguments": {"query": }}\n</tool_call>'],
  ["a tool that is not there", '<tool_call>\n{"name": "run_code", "arguments": {"code": "1"}}\n</tool_call>'],
  ["no argument, as XML", "<tool_call>\n<function=web_search>\n</function>\n</tool_call>"],
];

/** What becomes of a text: its call is run, explained to the model, or is none. */
function fate(text: string, chunks: readonly string[], end: StreamEnd, calls = true): string {
  const { generation } = readOn(qwq, text, chunks, { end, calls });
  if (generation.outcome !== "call") return generation.outcome === "answer" ? "text" : "refused";
  const call = qwq.readCall(generation.text + generation.closing, generation.closing === "", { pages: true });
  return call.kind === "fault" ? "repaired" : "read";
}

/** The one fate over all ways in which a server treats stop strings, told or not; joined where they differ. */
function fates(text: string, told: boolean): string {
  const stopped = stoppedForms(text, qwq.stop)
    .filter(([form]) => (form === "ignored") !== told)
    .map(([, chunks, end]) => fate(text, chunks, end));
  const untouched = told ? [] : [fate(text, [text], STOPPED), fate(text, text.split(""), STOPPED)];
  return [...new Set([...stopped, ...untouched])].join(" or ");
}

function row(name: string, text: string): readonly string[] {
  const cells = PLACES.flatMap(([, before]) => [
    // a form without one of the stop strings is told of none
    fates(before + text, true) || fates(before + text, false),
    fates(before + text, false),
  ]);
  const spent = `Hm.\n</think>\n\nI need to search again:\n${text}`;
  const example = `Hm.\n</think>\n\nSo:\n\n\`\`\`\n${text}\n\`\`\`\nThat is all.`;
  return [name, ...cells, fate(spent, [spent], STOPPED, false), fate(example, [example], STOPPED)];
}

const HEAD = [
  "call",
  ...PLACES.flatMap(([place]) => [`${place}, stop strings told`, `${place}, untold`]),
  "after the budget",
  "in a fence",
];

test("what becomes of a call of each form, wherever it stands, is the table in the documents", async () => {
  const rows = DIALECT_CALLS.map(({ name, text }: DialectCall) => row(name, text));
  for (const [name, ...cells] of rows) {
    expect([name, cells]).toEqual([name, ["read", "read", "read", "read", "refused", "text"]]);
  }
  const broken = BROKEN.map(([name, text]) => row(name, text));
  const page = `# Calls, as models write them

One reader serves every family that writes text (\`completions\`, \`chat-prefix\`, \`gguf\`, a prefilled chat); over
\`native-tools\` the server has read the call, and it comes as the first row. No setting chooses the form: the text does.
"Told" servers get stop strings and end before, within or behind them, naming them or not; "untold" ones get none or ignore
them. _Read_: the search is run. _Repaired_: the call is explained to the model, which writes it anew. _Refused_: the budget is
spent, and neither the call nor what leads up to it is an answer. _Text_: it is an example, and stays.

This table is written by \`test/protocol/qwq/calls-table.test.ts\`.

${table([HEAD, ...rows, ...broken])}
`;
  await expect(page).toMatchFileSnapshot("../../../docs/calls.md");
});
