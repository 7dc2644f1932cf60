import { assert, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { attribute, canonicalUrl, checkAnswer, type Evidence } from "../../src/citation/check.ts";
import { withoutMarks } from "../../src/citation/marks.ts";
import { quoteFor } from "../../src/citation/overlap.ts";

const EVIDENCE: readonly Evidence[] = [
  {
    number: 1,
    title: "QwQ-32B",
    url: "https://qwenlm.github.io/blog/qwq-32b/",
    text: "QwQ-32B has 32.5 billion parameters.",
  },
  {
    number: 2,
    title: "Capitals",
    url: "https://example.org/a_(b)",
    text: "Beijing is the capital of China.",
  },
  { number: 2, title: "Capitals", url: "https://example.org/a_(b)", text: "Paris is the capital of France." },
  { number: 3, title: "Notes", url: "file:///notes.md", text: "Local notes." },
];
const ONE = "[[1]](https://qwenlm.github.io/blog/qwq-32b/)";
const TWO = "[[2]](https://example.org/a_%28b%29)";

describe("marks become links to their sources", () => {
  test.each([
    ["It is open [1].", `It is open ${ONE}.`],
    ["It is open.[1][2]", `It is open.${ONE}${TWO}`],
    ["Both [1, 2] and [2; 1].", `Both ${ONE}${TWO} and ${TWO}${ONE}.`],
    ["它是开源的【1】。", `它是开源的${ONE}。`],
    ["Linked [[1]](https://wrong.example/).", `Linked ${ONE}.`],
    ["Linked [1](https://wrong.example/).", `Linked ${ONE}.`],
    ["See [the blog](https://qwenlm.github.io/blog/qwq-32b).", `See the blog ${ONE}.`],
    ["See https://qwenlm.github.io/blog/qwq-32b/#intro.", `See ${ONE}.`],
    ["See <https://example.org/a_(b)>.", `See ${TWO}.`],
    ["A file [3].", "A file [3]."],
  ])("%s", (text, answer) => {
    expect(checkAnswer(text, EVIDENCE).answer).toBe(answer);
  });
});

describe("what was not retrieved is taken out or left as plain text, and flagged", () => {
  test.each([
    ["It is so [9].", "It is so.", [{ number: 9, url: "", known: false }]],
    [
      "See [here](https://evil.example/x).",
      "See here (unverified link removed).",
      [{ number: null, url: "https://evil.example/x", known: false }],
    ],
    [
      "See https://evil.example/x!",
      "See `https://evil.example/x` (unverified)!",
      [{ number: null, url: "https://evil.example/x", known: false }],
    ],
    [
      "See [x](https://qwenlm.github.io@evil.example/).",
      "See x (unverified link removed).",
      [{ number: null, url: "https://qwenlm.github.io@evil.example/", known: false }],
    ],
    [
      "See [x](javascript:alert).",
      "See x (unverified link removed).",
      [{ number: null, url: "javascript:alert", known: false }],
    ],
    ["Look ![a picture](https://evil.example/x.png?q=1) here.", "Look a picture here.", []],
  ])("%s", (text, answer, citations) => {
    const checked = checkAnswer(text, EVIDENCE);
    expect(checked.answer).toBe(answer);
    expect(checked.citations.map(({ number, url, known }) => ({ number, url, known }))).toEqual(citations);
  });
});

test("code is left alone", () => {
  const text = "Use `a[1]` or\n```js\nb[2]; // https://evil.example\n```\nas it is.";
  expect(checkAnswer(text, EVIDENCE)).toEqual({ answer: text, citations: [], uncited: [] });
});

test("each citation carries its sentence, a verdict, and how much of the wording stands in the source", () => {
  const { citations } = checkAnswer(
    "QwQ-32B has 32.5 billion parameters [1]. Beijing is the capital of Germany.[2] See [the blog](https://qwenlm.github.io/blog/qwq-32b/), too.",
    EVIDENCE,
  );
  expect(citations.map(({ sentence, verdict, overlap }) => [sentence, verdict, overlap])).toEqual([
    ["QwQ-32B has 32.5 billion parameters.", "supported", 1],
    ["Beijing is the capital of Germany.", "unsupported", 2 / 3],
    ["See the blog, too.", "unsupported", 0],
  ]);
});

test("several passages of one address support together", () => {
  const [citation] = checkAnswer("Beijing and Paris are capitals [2].", EVIDENCE).citations;
  expect(citation).toMatchObject({ number: 2, title: "Capitals", overlap: 1 });
});

test("an unmarked sentence is attributed to the source that supports it best", () => {
  expect(attribute("Beijing", EVIDENCE)).toBe("Beijing [2]");
  expect(attribute("Paris is the capital of France. Nobody knows why.", EVIDENCE)).toBe(
    "Paris is the capital of France [2]. Nobody knows why.",
  );
  expect(attribute("Paris is the capital of France [1].", EVIDENCE)).toBe(
    "Paris is the capital of France [1].",
  );
});

test.each([
  "```\nParis is the capital of France.\n```",
  "~~~ text\n\nParis is the capital of France.\n\nParis is the capital.\n~~~",
  "- So:\n\n  ```py\n  # Paris is the capital of France.\n  ```\n",
  "So:\n\n    Paris is the capital of France.\n\tParis is the capital.",
  "``` Paris the capital",
])("no mark is put into the code of %j", (text) => {
  expect(attribute(text, EVIDENCE)).toBe(text);
});

test("a sentence with a span of code is marked behind it", () => {
  expect(attribute("Paris is the `capital. Of` France. Then `Paris is the capital.`", EVIDENCE)).toBe(
    "Paris is the `capital. Of` France [2]. Then `Paris is the capital.` [2]",
  );
});

test("addresses that mean the same are the same", () => {
  expect(canonicalUrl("HTTPS://Example.org:443/a/#part")).toBe(canonicalUrl("https://example.org/a"));
  expect(canonicalUrl("https://example.org/a?b")).not.toBe(canonicalUrl("https://example.org/a"));
});

test("an answer without its marks reads as prose", () => {
  expect(withoutMarks(`It is open ${ONE}. See [the blog](https://x.example/)${TWO}.`)).toBe(
    "It is open. See the blog.",
  );
});

test("checking never throws, and checking twice changes no mark", () => {
  assert(
    property(string({ unit: "grapheme" }), (noise) => {
      const once = checkAnswer(`${noise} [1] ${noise}`, EVIDENCE).answer;
      const twice = checkAnswer(once, EVIDENCE).answer;
      expect(twice.split(ONE).length).toBe(once.split(ONE).length);
    }),
  );
});

test("of a text the sentence is quoted that says most of what was asked", () => {
  const text = "Tea is a drink. QwQ-32B has 32.5 billion parameters. Its licence is Apache 2.0.";
  expect(quoteFor("How many parameters does QwQ-32B have?", text)).toBe(
    "QwQ-32B has 32.5 billion parameters.",
  );
  expect(quoteFor("Nothing of this?", text)).toBe("Tea is a drink.");
  expect(quoteFor("word", "word ".repeat(100)).length).toBeLessThanOrEqual(302);
  expect(quoteFor("x", "")).toBe("");
});
