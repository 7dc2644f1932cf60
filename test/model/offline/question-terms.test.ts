import { expect, test } from "vitest";
import { mentions, readTerms } from "../../../src/model/offline/question-terms.ts";

/** `word:kind`, as in `QwQ-32B:name`. */
function read(question: string): string[] {
  return readTerms(question).map(({ text, kind }) => `${text}:${kind}`);
}

test.each([
  [
    "Give me more information about the QwQ-32B model that Alibaba recently released as open source, please.",
    ["QwQ-32B:name", "model:generic", "Alibaba:name", "released:generic", "open:content", "source:content"],
  ],
  [
    "Who won the 2022 football world cup?",
    ["won:content", "2022:name", "football:content", "world:content", "cup:content"],
  ],
  ["Tell me what is GPT 9", ["GPT-9:name"]],
  [
    "when was qwq 72b released in March 2025?",
    ["qwq-72b:name", "released:generic", "March:name", "2025:name"],
  ],
  ["Who leads the WHO in the US?", ["leads:generic", "WHO:name", "US:name"]],
  ["WHAT IS LOSS MASKING?", ["LOSS:content", "MASKING:content"]],
  [
    "open-source state-of-the-art tools",
    ["open:content", "source:content", "state:generic", "art:content", "tools:generic"],
  ],
  ["About Alibaba's and Alibaba’s", ["Alibaba:name"]],
  ["QwQ-32B是什么模型？", ["QwQ-32B:name", "模型:generic"]],
  ["¿Qué es QwQ?", ["QwQ:name"]],
])("reads the terms of %s", (question, terms) => {
  expect(read(question)).toEqual(terms);
});

test.each([
  ["QwQ-32B", "The QwQ-32B's weights", true],
  ["QwQ-32B", "qwq 32b is a model", true],
  ["QwQ-32B", "QwQ-32B-Preview is older", false],
  ["QwQ", "QwQ-32B-Preview is older", true],
  ["Qwen 3", "Qwen3 came later", true],
  ["Qwen2", "Qwen2.5-7B came later", false],
  ["Qwen2.5", "Qwen2.5-7B came later", true],
  ["the masking", "they masked the tokens", true],
  ["the licence", "under an open license", true],
  ["who developed it", "It was created by someone", true],
  ["2022", "in 2023", false],
])("%s is mentioned in “%s”: %s", (question, text, expected) => {
  const [term] = readTerms(`Is ${question}`);
  expect(mentions(text).has(term?.key ?? "")).toBe(expected);
});
