import { readFileSync, writeFileSync } from "node:fs";
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
import { DENIALS } from "./rounds/denials.ts";
import { ERRANDS } from "./rounds/errands.ts";
import { FRESH_ARABIC, FRESH_HEBREW } from "./fresh-semitic.ts";
import { FRESH_CHINESE } from "./fresh-chinese.ts";
import { FRESH_ENGLISH } from "./fresh-english.ts";
import { FRESH_FRENCH, FRESH_SPANISH } from "./fresh-romance.ts";
import { FRESH_GERMAN } from "./fresh-german.ts";
import { GLACIERS } from "./rounds/glaciers.ts";
import { OFFICES } from "./rounds/offices.ts";
import type { Kind, Planted } from "./planted.ts";
import { PLACES } from "./rounds/places.ts";
import { RECORDS } from "./rounds/records.ts";
import { RECALLS } from "./rounds/recalls.ts";

const SETS: readonly Planted[] = [
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
  FRESH_ENGLISH,
  FRESH_GERMAN,
  FRESH_CHINESE,
  FRESH_ARABIC,
  FRESH_HEBREW,
  FRESH_FRENCH,
  FRESH_SPANISH,
  ...RECALLS,
  ...GLACIERS,
  ...OFFICES,
  ...ERRANDS,
  ...RECORDS,
  ...DENIALS,
  ...PLACES,
];
const LANGUAGES = [...new Set(SETS.map(({ language }) => language))];
const TOTAL = 1427;
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

/** Of how many: as a percentage, rounded down. */
function share(some: number, all: number): string {
  return all === 0 ? "–" : `${Math.floor((some / all) * 100)} %`;
}

function isOf(...verdicts: readonly SupportVerdict[]) {
  return ({ verdict }: { readonly verdict: SupportVerdict }): boolean => verdicts.includes(verdict);
}

/** The same in shares: what `supported` and `unsupported` are worth, and how much of each kind is found. */
function rates(): string {
  const all = SETS.flatMap((set) => verdictsOf(set).map((each) => ({ ...each, language: set.language })));
  const inEach = (of: (some: typeof all) => string): string =>
    [...LANGUAGES.map((name) => of(all.filter(({ language }) => language === name))), of(all)].join(" | ");
  const precision = (verdict: SupportVerdict, isRight: (kind: Kind) => boolean) =>
    inEach((some) => {
      const called = some.filter(isOf(verdict));
      return share(called.filter(({ kind }) => isRight(kind)).length, called.length);
    });
  const recall = (kind: Kind, ...verdicts: readonly SupportVerdict[]) =>
    inEach((some) => {
      const ofKind = some.filter((each) => each.kind === kind);
      return share(ofKind.filter(isOf(...verdicts)).length, ofKind.length);
    });
  const rows = [
    `Called \`supported\`, and true | ${precision("supported", (kind) => kind === "true")}`,
    `Called \`unsupported\`, and not true | ${precision("unsupported", (kind) => kind !== "true")}`,
    `true: \`supported\` or \`partly\` | ${recall("true", "supported", "partly")}`,
    ...WRONG.map(
      (kind) => `${kind}: \`unsupported\` or \`unclear\` | ${recall(kind, "unsupported", "unclear")}`,
    ),
  ];
  const head = `| ${["Share", ...LANGUAGES, "All"].join(" | ")} |`;
  return [head, `|${" --- |".repeat(LANGUAGES.length + 2)}`, ...rows.map((row) => `| ${row} |`)].join("\n");
}

/** `UPDATE_DOCS=1` writes them there. */
test("docs/citations.md has the tables of the planted sentences", () => {
  const tables = `${table()}\n\n${rates()}`;
  console.log(tables);
  const docs = readFileSync("docs/citations.md", "utf8");
  const from = docs.indexOf("| Kind ");
  if (process.env["UPDATE_DOCS"] === "1")
    writeFileSync("docs/citations.md", `${docs.slice(0, from)}${tables}\n`);
  expect(SETS.reduce((sum, { sentences }) => sum + sentences.length, 0)).toBe(TOTAL);
  expect(
    docs.slice(from).replaceAll(/ +\|/g, " |").replaceAll(/\| +/g, "| ").replaceAll(/-{3,}/g, "---"),
  ).toBe(`${tables}\n`);
});

test("true sentences are supported or partly so in 95 of 100", () => {
  const right = SETS.flatMap((set) => verdictsOf(set)).filter(({ kind }) => kind === "true");
  const denied = right.filter(({ verdict }) => verdict !== "supported" && verdict !== "partly");
  expect(denied.length / right.length).toBeLessThan(0.05);
});

describe.each(SETS)("in $language", (set) => {
  test("nothing that was planted wrong is called supported", () => {
    const wrong = verdictsOf(set).filter(({ kind }) => WRONG.includes(kind));
    expect(wrong.filter(({ verdict }) => verdict === "supported")).toEqual([]);
  });
});
