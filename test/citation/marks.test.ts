import { assert, array, constantFrom, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { createAnswerStream } from "../../src/citation/answer-stream.ts";
import { checkAnswer, type Evidence } from "../../src/citation/check.ts";
import { unmarkCitations } from "../../src/protocol/neutralise.ts";
import { dangersIn } from "../safety/rendered-answer.ts";

const PAGE = "https://one.example/";
const EVIDENCE: readonly Evidence[] = [
  {
    number: 1,
    title: "Releases",
    url: PAGE,
    text: "Get it at https://dl.example/v2/tool-2.1.zip. Mirror: <https://mirror.example/a_b?c=d>, old: https://old.example/longer/path",
  },
  {
    number: 2,
    title: "Notes",
    url: "https://two.example/",
    text: "Redirect: https://r.example/?to=https://inner.example/x",
  },
  { number: 3, title: "Third", url: "https://three.example/", text: "Nothing." },
];
const [ONE, TWO, THREE] = [1, 2, 3].map((number) => `[[${number}]](${EVIDENCE[number - 1]!.url})`) as [
  string,
  string,
  string,
];

const MARKS: readonly (readonly [mark: string, numbers: readonly number[]])[] = [
  ["[1]", [1]],
  ["[^1]", [1]],
  ["[^1, ^2]", [1, 2]],
  ["[1-3]", [1, 2, 3]],
  ["[1–3]", [1, 2, 3]],
  ["［1］", [1]],
  ["［１］", [1]],
  ["[１、２]", [1, 2]],
  ["【1】", [1]],
  ["【1†source】", [1]],
  ["【2†L1-L5】", [2]],
  ["[Source 1]", [1]],
  ["[source: 2]", [2]],
  ["[Sources 1, 2]", [1, 2]],
  ["[Source 1, Source 3]", [1, 3]],
  ["[Quelle 3]", [3]],
  ["[来源1]", [1]],
  ["[Ref. 2]", [2]],
  ["[1 and 2]", [1, 2]],
  ["<sup>1</sup>", [1]],
  ["<sup>[1, 2]</sup>", [1, 2]],
  ["[[1]]", [1]],
  ["[[1]](https://wrong.example/)", [1]],
  ["[^2](#ref)", [2]],
  ["[1～3]", [1, 2, 3]],
  ["[1〜2]", [1, 2]],
  ["[1和3]", [1, 3]],
  ["[cite: 1, 2]", [1, 2]],
  ["[web:3]", [3]],
  ["[文献2]", [2]],
  ["[자료 1]", [1]],
  ["[Źródło 1]", [1]],
  ["[Kaynak 2]", [2]],
];

describe("every way of writing a mark is read as one", () => {
  test.each(MARKS)("%s", (mark, numbers) => {
    const links = numbers.map((number) => [ONE, TWO, THREE][number - 1]).join("");
    expect(checkAnswer(`So it is ${mark}, they say.`, EVIDENCE).answer).toBe(`So it is ${links}, they say.`);
    expect(checkAnswer(`So it is.${mark}`, EVIDENCE).answer).toBe(`So it is.${links}`);
  });
  test.each(MARKS)("and %s in a page cites nothing", (mark) => {
    const page = unmarkCitations(`So it is ${mark}, they say.`);
    expect(checkAnswer(page, EVIDENCE).citations.filter(({ known }) => known)).toEqual([]);
    expect(unmarkCitations(page)).toBe(page);
  });
});

test.each([
  "In the years [2020-2024] and [1990–2030].",
  "An interval [0-9], a key [a1], a version [v1], a list [x, 1].",
  "The index $x_{[1]}$ and $a[1]$.",
  "\\[ a[1] + b[2] \\]",
  "Inline \\( f[1] \\) and $$\nc[1]\n$$ too.",
  "Of $\\sum_i w[1]$ nothing.",
  "\\begin{equation}\na[1] = b[2]\n\\end{equation}",
  "Then \\begin{align*} a[1] &= 2 \\end{align*} holds.",
])("no mark is read in %s", (text) => {
  expect(checkAnswer(text, EVIDENCE)).toMatchObject({ answer: text, citations: [] });
});

test.each([
  ["It costs $5 [1], and $7 [2].", `It costs $5 ${ONE}, and $7 ${TWO}.`],
  ["It costs US$5 [1] or 6$ [2].", `It costs US$5 ${ONE} or 6$ ${TWO}.`],
  ["A lone \\( and [1].", `A lone \\( and ${ONE}.`],
  ["An escaped \\$x and [1] or y\\$.", `An escaped \\$x and ${ONE} or y\\$.`],
  ["After $x_{[1]}$ it is so [1].", `After $x_{[1]}$ it is so ${ONE}.`],
  ["10<sup>6</sup> cells of 3 m<sup>2</sup>", "106 cells of 3 m2"],
])("beside formulas, prices and powers marks are read: %s", (text, answer) => {
  expect(checkAnswer(text, EVIDENCE).answer).toBe(answer);
});

test.each([
  ["1. [Doc](https://one.example/) is first.", "Doc is first."],
  ["1. [Doc](https://one.example/)", "Doc"],
  ["- Dr. Smith said so [1].", "Dr. Smith said so."],
  ["Yes. Dr. J. Smith of the U.S. said so [1]. No.", "Dr. J. Smith of the U.S. said so."],
  ["Es gilt bis zum 3. März 2032 im Werk [1].", "Es gilt bis zum 3. März 2032 im Werk."],
  ["Das gilt z. B. hier bzw. dort [1].", "Das gilt z. B. hier bzw. dort."],
  ["One.\n[1] says that it is so.", "says that it is so."],
  ["## Heading\n> It is quoted [1].", "It is quoted."],
  ["It ends. [1]\nAnother.", "It ends."],
  ["地球是圆的。月亮也是[1]。太阳。", "月亮也是。"],
  ["月亮[1]也是，太阳也是。", "月亮也是，太阳也是。"],
  ["달은 [1] 둥글다.", "달은 둥글다."],
])("the sentence of the mark in %j", (text, sentence) => {
  expect(checkAnswer(text, EVIDENCE).citations.map((citation) => citation.sentence)).toEqual([sentence]);
});

describe("an address that stands in a source's text", () => {
  test.each([
    ["Get https://dl.example/v2/tool-2.1.zip.", `Get <https://dl.example/v2/tool-2.1.zip> (from ${ONE}).`],
    [
      "Get [the tool](https://dl.example/v2/tool-2.1.zip) now.",
      `Get the tool <https://dl.example/v2/tool-2.1.zip> (from ${ONE}) now.`,
    ],
    [
      "Get **https://dl.example/v2/tool-2.1.zip**.",
      `Get **<https://dl.example/v2/tool-2.1.zip> (from ${ONE})**.`,
    ],
    ["Or <https://mirror.example/a_b?c=d>!", `Or <https://mirror.example/a_b?c=d> (from ${ONE})!`],
  ])("stays, shown as itself: %s", (text, answer) => {
    const checked = checkAnswer(text, EVIDENCE);
    expect(checked.answer).toBe(answer);
    expect(checked.citations).toMatchObject([{ number: 1, url: PAGE, known: true }]);
  });
  test.each([
    ["a part of one", "https://old.example/longer"],
    ["one within another", "https://inner.example/x"],
    ["one that is longer", "https://dl.example/v2/tool-2.1.zip?user=me"],
    ["another host", "https://dl.example.evil/v2/tool-2.1.zip"],
  ])("%s does not", (_, url) => {
    expect(checkAnswer(`See ${url} now`, EVIDENCE).answer).toBe(`See \`${url}\` (unverified) now`);
    expect(checkAnswer(`See [it](${url}) now`, EVIDENCE).answer).toBe("See it (unverified link removed) now");
  });
  test("is never an image", () => {
    expect(checkAnswer("![logo](https://dl.example/v2/tool-2.1.zip)", EVIDENCE).answer).toBe("logo");
  });
});

test("wherever an answer of marks, formulas and addresses is cut, the stream gives what the whole text gives", () => {
  const pieces = [
    ...MARKS.map(([mark]) => mark),
    " $x_{[1]}$ ",
    "$5 ",
    "\\[ a[1] \\]",
    "\\begin{math}b[1]\\end{math}",
    "**https://dl.example/v2/tool-2.1.zip**",
    "$$b[2]$$",
    "\\(",
    "10<sup>6</sup>",
    "https://dl.example/v2/tool-2.1.zip ",
    "[it](https://old.example/longer)",
    "![x](https://mirror.example/a_b?c=d)",
    "word",
    ". ",
    "\n",
    "`[1]`",
    "$",
    "\\",
    "<",
    "[",
  ];
  const allowed = [...EVIDENCE.map(({ url }) => url), "https://dl.example/v2/tool-2.1.zip"];
  assert(
    property(array(constantFrom(...pieces), { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      const { answer } = checkAnswer(text, EVIDENCE);
      const stream = createAnswerStream(() => EVIDENCE);
      let streamed = "";
      for (const char of text) streamed += stream.add(char);
      streamed += stream.end();
      expect(streamed.trim()).toBe(answer.trim());
      expect(dangersIn(answer, allowed)).toEqual([]);
    }),
    { numRuns: 300, seed: 7 },
  );
});
