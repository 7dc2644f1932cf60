import { expect, test } from "vitest";
import { kindOf } from "../../../src/model/offline/kinds.ts";
import { mentionedIn, mentions } from "../../../src/model/offline/mentions.ts";
import { readQuestion, readTerms } from "../../../src/model/offline/question.ts";

/** `word:kind`, as in `QwQ-32B:name`. */
function termsOf(question: string): string[] {
  return readTerms(question).map(({ text, kind }) => `${text}:${kind}`);
}

test.each([
  [
    "Give me more information about the QwQ-32B model that Alibaba recently released as open source, please.",
    [
      "QwQ-32B:name",
      "model:generic",
      "Alibaba:name",
      "recently:generic",
      "released:content",
      "open:content",
      "source:content",
    ],
  ],
  [
    "Who won the 2022 football world cup?",
    ["won:content", "2022:name", "football:content", "world:content", "cup:content"],
  ],
  ["Tell me what is GPT 9", ["GPT-9:name"]],
  [
    "when was qwq 72b released in March 2025?",
    ["qwq-72b:name", "released:content", "March:name", "2025:name"],
  ],
  ["Who leads the WHO in the US?", ["leads:content", "WHO:name", "US:name"]],
  ["WHAT IS LOSS MASKING?", ["LOSS:content", "MASKING:content"]],
  [
    "open-source state-of-the-art tools",
    ["open:content", "source:content", "state:generic", "art:generic", "tools:generic"],
  ],
  ["About Alibaba's and Alibaba’s", ["Alibaba:name"]],
  ["QwQ-32B是什么模型？", ["QwQ-32B:name", "模型:generic"]],
  ["¿Qué es QwQ?", ["QwQ:name"]],
])("reads the terms of %s", (question, terms) => {
  expect(termsOf(question)).toEqual(terms);
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
  expect(mentionedIn(mentions(text), term?.text ?? "", term?.keys ?? []) > 0).toBe(expected);
});

test.each([
  ["What does PPO stand for?", "stands-for"],
  ["What HTTP status does it answer when a limit is exceeded?", "value"],
  ["Who is the office manager?", "who"],
  ["When does the office close?", "when"],
  ["How many layers does it have?", "count"],
  ["How much is the brass lamp?", "cost"],
  ["How do I deploy?", "how"],
  ["Why did we choose it?", "why"],
  ["Where do visitors park?", "where"],
  ["What is the difference between PPO and GRPO?", "difference"],
  ["Is QwQ-32B better than GPT-9?", "comparison"],
  ["Is parking allowed?", "yes-no"],
  ["Summarise the board meeting", "overview"],
  ["What is loss masking?", "definition"],
  ["Which licence does it have?", "value"],
  ["Wie viele Urlaubstage hat ein Mitarbeiter?", "count"],
  ["Wer hat den Vertrag unterschrieben?", "who"],
  ["Wie lautet das Passwort?", "value"],
  ["Combien de pommes faut-il ?", "count"],
  ["Où a lieu la réunion ?", "where"],
  ["Qui a publié PopQA ?", "who"],
  ["¿Se aceptan pagos en efectivo?", "yes-no"],
  ["¿Cuándo empezó el proyecto?", "when"],
  ["负责人是谁？", "who"],
  ["容量是多少？", "count"],
  ["QwQ-32B是什么模型？", "definition"],
  ["会議はどこで行いますか？", "where"],
  ["部長は誰ですか？", "who"],
  ["회의는 언제 하나요?", "when"],
  ["책임자는 누구입니까?", "who"],
])("%s asks: %s", (question, kind) => {
  expect(kindOf(question)).toBe(kind);
});

test.each([
  [["Who described BM25?"], "And when?", "when", ["BM25"]],
  [["When was QwQ-32B released?"], "And LangGraph?", "when", ["LangGraph", "released"]],
  [
    ["Who is the office manager?"],
    "What is her phone number?",
    "value",
    ["phone", "number", "office", "manager"],
  ],
  [["How many were sold in Oslo in 2023?"], "And in 2024?", "count", ["2024", "sold", "Oslo"]],
  [["Wer leitet das Projekt Halden?"], "Und wann begann es?", "when", ["begann", "Projekt", "Halden"]],
  [["What is RoPE?"], "Who won the world cup?", "who", ["won", "world", "cup"]],
] as const)("after %j, “%s” asks %s", (earlier, question, kind, terms) => {
  const read = readQuestion(question, earlier);
  expect({ kind: read.kind, terms: read.terms.map(({ text }) => text) }).toEqual({ kind, terms });
});
