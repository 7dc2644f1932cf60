import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createSupportJudge, type SupportVerdict } from "../../../src/citation/support/support.ts";
import { ARABIC } from "./planted-arabic.ts";
import { CHINESE } from "./planted-chinese.ts";
import { ENGLISH } from "./planted-english.ts";
import { GERMAN } from "./planted-german.ts";
import { HEBREW } from "./planted-hebrew.ts";
import { MORE_ARABIC } from "./more-arabic.ts";
import { MORE_CHINESE } from "./more-chinese.ts";
import { MORE_ENGLISH } from "./more-english.ts";
import { MORE_GERMAN } from "./more-german.ts";
import { OTHERS } from "./planted-others.ts";
import type { Kind, Planted } from "./planted.ts";

const SETS = [
  ENGLISH,
  MORE_ENGLISH,
  GERMAN,
  MORE_GERMAN,
  CHINESE,
  MORE_CHINESE,
  ARABIC,
  MORE_ARABIC,
  HEBREW,
  OTHERS,
];
const LANGUAGES = [...new Set(SETS.map(({ language }) => language))];
/** What must never be called supported. */
const WRONG: readonly Kind[] = [
  "number",
  "date",
  "unit",
  "name",
  "negated",
  "comparison",
  "exaggerated",
  "swapped",
  "quote",
  "row",
  "merged",
  "absent",
];

function verdictsOf({ sources, sentences }: Planted) {
  const judge = createSupportJudge(sources);
  return sentences.map(([kind, number, sentence]) => {
    const { verdict } = judge.judge(sentence, number);
    return { kind, sentence, verdict };
  });
}

const ORDER: readonly SupportVerdict[] = ["supported", "partly", "unsupported", "unclear"];

/** A table in Markdown: a row for each kind, a column for each language; the verdicts in the order above. */
function table(): string {
  const verdicts = LANGUAGES.map((name) =>
    SETS.filter(({ language }) => language === name).flatMap((set) => verdictsOf(set)),
  );
  const kinds = [...new Set(verdicts.flat().map(({ kind }) => kind))];
  const rows = kinds.map((kind) => {
    const cells = verdicts.map((all) =>
      ORDER.map(
        (verdict) => all.filter((each) => each.kind === kind && each.verdict === verdict).length,
      ).join(" / "),
    );
    return `| ${[kind, ...cells].join(" | ")} |`;
  });
  const head = `| ${["Kind", ...LANGUAGES].join(" | ")} |`;
  return [head, `|${" --- |".repeat(LANGUAGES.length + 1)}`, ...rows].join("\n");
}

test("docs/citations.md has the table of the planted sentences", () => {
  expect(SETS.reduce((sum, { sentences }) => sum + sentences.length, 0)).toBe(475);
  expect(
    readFileSync("docs/citations.md", "utf8").replaceAll(/ +\|/g, " |").replaceAll(/-{3,}/g, "---"),
  ).toContain(table());
});

describe.each(SETS)("in $language", (set) => {
  test("nothing that was planted wrong is called supported", () => {
    const wrong = verdictsOf(set).filter(({ kind }) => WRONG.includes(kind));
    expect(wrong.filter(({ verdict }) => verdict === "supported")).toEqual([]);
  });

  test("what is true is called supported or partly so", () => {
    const right = verdictsOf(set).filter(({ kind }) => kind === "true");
    expect(right.filter(({ verdict }) => verdict !== "supported" && verdict !== "partly")).toEqual([]);
  });
});
