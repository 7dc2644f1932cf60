import { describe, expect, test } from "vitest";
import { createScriptedModel } from "../../src/model/scripted.ts";
import { DIALECT_CALLS } from "../protocol/qwq/dialect-calls.ts";
import { ask, call, scripted } from "./agent.ts";

const ANSWER = [
  "Qwen writes a call between `<tool_call>` and `</tool_call>`:",
  "",
  "```",
  "<tool_call>",
  '{"name": "web_search", "arguments": {"query": "an example"}}',
  "</tool_call>",
  "```",
  "",
  "The result stands in a <tool_response> block, or in `<tool_response>`.",
].join("\n");

describe("an answer about the very tags is whole, and nothing in it is run", () => {
  test.each(["ignore", "include", "exclude"] as const)(
    "by an endpoint that treats stop strings so: %s",
    async (stop) => {
      const text = `The results come in <tool_response> tags, in \`<tool_response>\`.\n</think>\n\n${ANSWER}`;
      // where a stop string ended the text, the model goes on with the rest of it
      const rest = (prompt: string): string => text.slice(prompt.split("<think>\n").at(-1)?.length);
      const model = createScriptedModel([rest, rest, rest], { stop });
      const { agent, asked } = scripted([], { model });
      const { state } = await ask(agent, "How does Qwen write tool calls?");
      expect(asked).toEqual([]);
      // outside code no answer holds anything that HTML could take for a tag
      const answer = ANSWER.replace("a <tool", "a < tool");
      expect(state).toMatchObject({ answer, stopReason: "answered", searches: 0, repairs: 0 });
      expect(model.calls.map(({ options }) => options.stop?.length)).toEqual(
        stop === "ignore" ? [3] : [3, 0],
      );
    },
  );
});

const JSON_CALL = '{"name": "web_search", "arguments": {"query": "a"}}';
const CALLS: readonly (readonly [name: string, text: string])[] = [
  ...DIALECT_CALLS.filter(({ call: { kind } }) => kind === "search").map(
    ({ name, text }) => [name, text] as const,
  ),
  ["JSON alone", JSON_CALL],
  ["JSON in a fence", `\`\`\`json\n${JSON_CALL}\n\`\`\``],
  ["JSON in a fence of waves", `~~~\n${JSON_CALL}\n~~~`],
  ["JSON in a fence, each line ended as on Windows", `\`\`\`json\r\n${JSON_CALL}\r\n\`\`\`\r\n`],
  ["Hermes in a fence", `\`\`\`\n<tool_call>\n${JSON_CALL}\n</tool_call>\n\`\`\``],
  ["Python", '[web_search(query="a")]'],
  ["JSON in Llama's element", '<function=web_search>{"query": "a"}</function>'],
  ["JSON behind words, closed", `I look: ${JSON_CALL}\n</tool_call>`],
];

test.each(CALLS)("behind a call as of %s, wherever it stood, the answer is read", async (_, text) => {
  for (const [before, after] of [
    ["", "So.\n</think>\n\n"],
    ["Hm.\n</think>\n\n", ""],
  ] as const) {
    const { agent, asked } = scripted([before + text, `${after}It is so [1].`]);
    const { state } = await ask(agent, "Q?");
    expect(asked.length).toBeGreaterThan(0);
    expect(state).toMatchObject({ stopReason: "answered", repairs: 0 });
    expect(state.answer).toMatch(/^It is so \[\[1\]\]\(/);
  }
});

test.each([
  ["JSON", JSON_CALL],
  ["JSON in a fence", `\`\`\`json\n${JSON_CALL}\n\`\`\``],
  ["Python", '[web_search(query="a")]'],
])("%s that ends a thought is run, and that ends an answer is not", async (_, text) => {
  const thought = scripted([`I should look.\n${text}`, "So.\n</think>\n\nIt is so [1]."]);
  const { state } = await ask(thought.agent, "Q?");
  expect([thought.asked, state.answer]).toEqual([["a"], "It is so [[1]](https://example.org/a)."]);
  const said = { text: `Hm.\n</think>\n\nIt is written so:\n${text}`, stopReason: null };
  const answered = scripted([said]);
  const { state: told } = await ask(answered.agent, "Q?");
  expect([answered.asked, told.answered]).toEqual([[], true]);
});

test.each([
  ["I need to search again:", call("b")],
  ["Ich muss noch einmal suchen:", '<function=web_search>{"query": "b"}</function>'],
  ["我需要再搜索一次：", "<tool_call>web_search<arg_key>query</arg_key><arg_value>b</arg_value></tool_call>"],
  ["もう一度検索します。", '<|channel|>commentary to=functions.web_search<|message|>{"query": "b"}<|call|>'],
  ["سأبحث مرة أخرى:", '{"name": "web_search", "arguments": {"query": "b"}}'],
  ["Je cherche encore :", '[web_search(query="b")]'],
])("what leads up to a call that is refused is no answer: %s %s", async (words, text) => {
  const refused = `\n</think>\n\n${words}\n${text}`;
  const { agent } = scripted([`Hm.\n${call("a")}`, `Hm.\n${call("b")}`, refused, refused, refused], {
    limits: { maxSearches: 1 },
  });
  const { state } = await ask(agent, "Q?");
  expect(state).toMatchObject({ answered: false, stopReason: "search-budget" });
  expect(state.answer).not.toContain(words);
  expect(state.transcript.filter((segment) => segment.text.includes(words))).toEqual([]);
});
