import { expect, test } from "vitest";
import { sentenceSpans, splitSentences } from "../../src/text/sentences.ts";

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

test("a mark's sentence goes on behind German dates and abbreviations, and numbers that are counted off", () => {
  const sentences = [
    "Sie fasst 27,5 Mio. Kubikmeter.",
    "Zum 3. März 2032 endet der Vertrag, vgl. Abs. 2.",
    "Danach gilt Art. 5 weiter, d. h. Nr. 7 entfällt.",
    "Das ist i. d. R. Sache des Landes.",
    "Im 19. Jahrhundert lebten dort ca. 300 Menschen bzw. 40 Familien.",
    "Die Zahl stieg auf 5.",
    "Danach fiel sie.",
  ];
  const text = sentences.join(" ");
  expect(sentenceSpans(text).map(({ start, end }) => text.slice(start, end))).toEqual(sentences);
});

test("a line longer than what the segmenter is given at once has the same sentences", () => {
  const sentences = Array.from(
    { length: 400 },
    (_, at) => `Sentence ${at} of Dr. Weiss, vol. 3, says 4.5 of it.`,
  );
  const text = sentences.join(" ");
  expect(sentenceSpans(text).map(({ start, end }) => text.slice(start, end))).toEqual(sentences);
});
