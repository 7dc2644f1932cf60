import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chatmlTemplate, jinjaTemplate, rawTemplate } from "../../src/model/template/chat-template.ts";
import { protocols } from "../../src/protocol/index.ts";
import type { Turn } from "../../src/protocol/protocol.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);
const qwqTemplate = jinjaTemplate(readFileSync(new URL("model/qwq.jinja", FIXTURES), "utf8"), {
  name: "QwQ",
});

const HISTORY: readonly Turn[] = [
  { role: "user", content: "Who made QwQ?" },
  { role: "assistant", content: "The Qwen team." },
];

const CASES = (["qwq", "search-r1", "search-o1"] as const).flatMap((name) => [
  { name, file: `prompts/${name}.txt`, history: [], maxSearches: 5 },
  { name, file: `prompts/${name}-later-turn.txt`, history: HISTORY, maxSearches: 1 },
  { name, file: `prompts/${name}-no-searches.txt`, history: [], maxSearches: 0 },
]);

const ASKED = {
  question: "When was QwQ-32B released?",
  date: "2026-11-22",
  maxSearches: 5,
  boundary: "k7f3",
};

test.each(CASES)(
  "$file is the whole prompt, as QwQ's own template renders it",
  async ({ name, file, ...options }) => {
    const { messages, prefix } = protocols[name].open({
      question: "When was QwQ-32B released?",
      date: "2026-11-22",
      boundary: "k7f3",
      ...options,
    });
    // QwQ's template opens the reasoning itself; Search-R1's models were trained on one that does not
    const opened = [
      ...messages,
      { role: "assistant" as const, content: prefix === "" ? "<think>\n" : prefix },
    ];
    const prompt = chatmlTemplate.render(opened);
    expect(prompt).toBe(qwqTemplate.render(messages));
    await expect(prompt).toMatchFileSnapshot(new URL(file, FIXTURES).pathname);
  },
);

const OTHERS = [
  { name: "r1-searcher", template: rawTemplate },
  { name: "re-search", template: chatmlTemplate },
] as const;

test.each(
  OTHERS.flatMap((row) => [
    { ...row, file: `prompts/${row.name}.txt`, history: [] },
    { ...row, file: `prompts/${row.name}-later-turn.txt`, history: HISTORY },
  ]),
)(
  "$file is the whole prompt, with the template $template.name",
  async ({ name, template, file, history }) => {
    const { messages, prefix } = protocols[name].open({ ...ASKED, history });
    const prompt = template.render([...messages, { role: "assistant", content: prefix }]);
    await expect(prompt).toMatchFileSnapshot(new URL(file, FIXTURES).pathname);
  },
);
