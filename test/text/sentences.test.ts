import { expect, test } from "vitest";
import { splitSentences } from "../../src/text/sentences.ts";

test("cuts a text into sentences, not at abbreviations, numbers and initials", () => {
  const sentences = [
    "Dr. A. B. Example et al. wrote version 2.5 of it, e.g. in the U.S. Congress.",
    "Did Fig. 3 show 0.431 or more?",
    "“It showed that quite well!”",
    "vLLM begins with a small letter.",
    "It left ... something out of it.",
    "The end is here (see p. 7).",
  ];
  expect(splitSentences(sentences.join(" "))).toEqual(sentences);
});

test("puts wrapped lines together, and keeps paragraphs, headings and lists apart", () => {
  const text =
    "# A heading\nA sentence that was\nwrapped over lines.\n\nAnother paragraph starts\n- an item that is a sentence.\n- an item\n1. A numbered sentence is here.\n| a | table row |";
  expect(splitSentences(text)).toEqual([
    "A sentence that was wrapped over lines.",
    "an item that is a sentence.",
    "A numbered sentence is here.",
  ]);
});

test("leaves out what is cut off or too short to say anything", () => {
  expect(
    splitSentences("Yes. 1234 5678 9012 3456. This one is whole and stays. This one is cut off …"),
  ).toEqual(["This one is whole and stays."]);
});

test("cuts scripts without spaces", () => {
  expect(splitSentences("模型由阿里巴巴发布。“它有三百二十亿个参数！”")).toEqual([
    "模型由阿里巴巴发布。",
    "“它有三百二十亿个参数！”",
  ]);
});
