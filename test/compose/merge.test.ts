import { array, assert, constantFrom, nat, property, record } from "fast-check";
import { expect, test } from "vitest";
import { canonicalUrl, checkAnswer } from "../../src/citation/check.ts";
import { findMarks } from "../../src/citation/marks.ts";
import { mergeFindings } from "../../src/compose/team/merge.ts";
import type { Finding } from "../../src/compose/team/state.ts";
import { createNumbering } from "../../src/graph/sources.ts";

interface Found {
  readonly url: string;
  readonly text?: string;
}

/** What a researcher brings that found these pages, in this order, and wrote this answer. */
function finding(number: number, written: string, found: readonly Found[], answered = true): Finding {
  const numbering = createNumbering([], { refer: false });
  for (const { url, text = `Text of ${url}` } of found) numbering.number({ title: url, url, text });
  const sources = numbering.added;
  const { answer, citations, uncited } = checkAnswer(written, sources);
  const question = `Part ${number}?`;
  return {
    number,
    question,
    answer,
    answered,
    stopReason: "answered",
    sources,
    citations,
    uncited,
    searches: 1,
  };
}

const [A, B, C] = ["https://a.example/", "https://b.example/x_(y)", "https://c.example/"].map((url) => ({
  url,
})) as [Found, Found, Found];

test("one number is one source over all researchers, and every mark follows it", () => {
  const merged = mergeFindings([
    finding(2, "From b [1] and a [2].", [B, { url: "https://A.example#top", text: "More." }]),
    finding(1, "From a [1] and c [2], not [9].", [A, C]),
  ]);
  expect(merged).toEqual({
    note: "Sentences of this answer: 2 of 2 cited not supported by what they cite.",
    answer: `## Part 1?

From a [[1]](https://a.example/) and c [[2]](https://c.example/), not.

## Part 2?

From b [[3]](https://b.example/x_%28y%29) and a [[1]](https://A.example#top).`,
    answered: true,
    unanswered: [],
    uncited: [],
    sources: [
      {
        number: 1,
        title: "https://a.example/",
        url: "https://a.example/",
        text: "Text of https://a.example/",
      },
      {
        number: 2,
        title: "https://c.example/",
        url: "https://c.example/",
        text: "Text of https://c.example/",
      },
      { number: 3, title: B.url, url: B.url, text: `Text of ${B.url}` },
      { number: 1, title: "https://A.example#top", url: "https://A.example#top", text: "More." },
    ],
    citations: [
      expect.objectContaining({ number: 1, url: "https://a.example/", known: true }),
      expect.objectContaining({ number: 2, url: "https://c.example/", known: true }),
      expect.objectContaining({ number: null, known: false }),
      expect.objectContaining({ number: 3, url: B.url, known: true }),
      expect.objectContaining({ number: 1, known: true }),
    ],
  });
});

test("a source without an address of the web keeps its number apart by what it says", () => {
  const file = { url: "", text: "Notes." };
  const merged = mergeFindings([finding(1, "So [1].", [file]), finding(2, "So [1] and [2].", [A, file])]);
  expect(merged.answer).toBe("## Part 1?\n\nSo [1].\n\n## Part 2?\n\nSo [[2]](https://a.example/) and [1].");
});

test("parts without an answer are told first, and marks of a question stay text", () => {
  const asked = { ...finding(1, "Yes [1].", [A]), question: "Is [1] <b>it</b>\n# so?" };
  const merged = mergeFindings([asked, finding(2, "There is no answer: no.", [], false)]);
  expect(merged).toMatchObject({ answered: true, unanswered: ["Part 2?"] });
  expect(merged.answer).toBe(
    `Not all of it could be answered. There is no answer to:

- Part 2?

## Is it # so?

Yes [[1]](https://a.example/).

## Part 2?

There is no answer: no.`,
  );
  const none = mergeFindings([finding(1, "No.", [], false), finding(2, "No.", [], false)]);
  expect(none.answered).toBe(false);
  expect(none.answer.split("\n")[0]).toBe("There is no answer to any part of the question.");
});

test("a question of one part has no heading", () => {
  expect(mergeFindings([finding(1, "Yes [1].", [A])]).answer).toBe("Yes [[1]](https://a.example/).");
});

test("a code block that one answer leaves open swallows no mark of the next", () => {
  const merged = mergeFindings([finding(1, "Run:\n~~~~sh\nls [1]", [A]), finding(2, "So [1].", [B])]);
  expect(findMarks(merged.answer).map((mark) => mark.kind)).toEqual(["numbers"]);
  expect(merged.answer).toContain("ls [1]\n~~~~\n\n## Part 2?\n\nSo [[2]](https://b.example/x_%28y%29).");
});

/** The addresses that an answer cites, mark by mark. */
function cited({ answer, sources }: Pick<Finding, "answer" | "sources">): readonly string[] {
  return findMarks(answer).flatMap((mark) =>
    mark.kind === "numbers"
      ? mark.numbers.map((number) =>
          canonicalUrl(sources.find((source) => source.number === number)?.url ?? "none"),
        )
      : [],
  );
}

test("whatever is found and cited, each mark cites what it cited before", () => {
  const url = constantFrom(
    "https://a.example/",
    "https://a.example",
    "https://A.example/#x",
    B.url,
    C.url,
    "https://d.example/?q=1",
  );
  const researcher = record({
    found: array(record({ url, text: constantFrom("One.", "Two.") }), { maxLength: 6 }),
    marks: array(nat(7), { maxLength: 6 }),
  });
  assert(
    property(array(researcher, { minLength: 1, maxLength: 4 }), (researchers) => {
      const findings = researchers.map(({ found, marks }, index) =>
        finding(index + 1, `Said ${marks.map((mark) => `this [${mark}]`).join(" and ")}.`, found),
      );
      const merged = mergeFindings(findings);
      expect(cited(merged)).toEqual(findings.flatMap(cited));
      const places = new Map(merged.sources.map(({ number, url: at }) => [number, canonicalUrl(at)]));
      for (const { number, url: at } of merged.sources) expect(places.get(number)).toBe(canonicalUrl(at));
      expect(new Set(places.values()).size).toBe(places.size);
      expect(merged.citations.map(({ number }) => (number === null ? null : places.get(number)))).toEqual(
        merged.citations.map(({ url: at, known }) => (known ? canonicalUrl(at) : null)),
      );
    }),
  );
});

test("an address that a researcher's source names stays, and its mark takes the new number", () => {
  const named = { url: B.url, text: "Get it at https://dl.example/tool.zip today." };
  const merged = mergeFindings([
    finding(1, "From a [1].", [A]),
    finding(2, "Get https://dl.example/tool.zip, not https://evil.example/x.", [named]),
  ]);
  expect(merged.answer).toContain(
    "Get <https://dl.example/tool.zip> (from [[2]](https://b.example/x_%28y%29)), not `https://evil.example/x` (unverified).",
  );
});
