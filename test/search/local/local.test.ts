import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Document } from "../../../src/search/local/documents/document.ts";
import type { SearchEngine, SearchOutcome } from "../../../src/search/engine.ts";
import { indexDocuments } from "../../../src/search/local/index-builder.ts";
import { createLocalEngine } from "../../../src/search/local/local.ts";
import { openIndex } from "../../../src/search/local/local-index.ts";
import { describeSearchEngine } from "../../conformance/search-engine.ts";
import { createFolder } from "../temporary-folder.ts";

const HAFNIUM = {
  title: "Hafnium",
  url: "https://example.com/hafnium",
  date: "2025-03-06",
  text: "Hafnium was discovered in 1923 by Coster and de Hevesy.",
};
const ZIRCONIUM = {
  title: "Zirconium",
  url: "https://example.com/zirconium",
  text: "Zirconium was discovered in 1789. It is found together with hafnium.",
};

async function createEngine(documents: readonly Document[]): Promise<SearchEngine> {
  const { index } = await indexDocuments({ documents, file: ":memory:" });
  onTestFinished(() => index.close());
  return createLocalEngine({ index });
}

async function titlesFor(
  question: string,
  documents: readonly Document[],
  maxResults = 5,
): Promise<string[]> {
  const outcome = await (await createEngine(documents)).search(question, { maxResults });
  return outcome.status === "found" ? outcome.results.map((result) => result.title) : [outcome.status];
}

function documentsOf(texts: Readonly<Record<string, string>>): Document[] {
  return Object.entries(texts).map(([title, text]) => ({ title, url: `https://example.com/${title}`, text }));
}

describeSearchEngine({
  name: "local",
  query: "Who discovered hafnium?",
  results: [HAFNIUM, ZIRCONIUM],
  unanswerable: "xyzzy",
  resultsOfNulls: [],
  async open() {
    const { index } = await indexDocuments({ documents: [ZIRCONIUM, HAFNIUM], file: ":memory:" });
    return {
      engine: createLocalEngine({ index }),
      asked: Promise.resolve(),
      disconnected: Promise.resolve(),
      close: async () => index.close(),
    };
  },
});

describe("the local engine", () => {
  test("ranks documents with every term before those with some, and words of the title higher", async () => {
    const documents = documentsOf({
      Rivers: "The Seine is a river in France, and the Rhine is one in Germany.",
      Paris: "The capital of France.",
      France: "A country in Europe. Its capital lies on a river.",
      Cooking: "Paris mushrooms.",
    });
    expect(await titlesFor("What is the capital of France?", documents)).toEqual([
      "France",
      "Paris",
      "Rivers",
    ]);
    expect(await titlesFor("paris", documents)).toEqual(["Paris", "Cooking"]);
  });

  test("finds other forms of a word", async () => {
    expect(await titlesFor("discoveries of elements", [HAFNIUM, ZIRCONIUM])).toEqual(["nothing"]);
    expect(await titlesFor("discovering", [HAFNIUM])).toEqual(["Hafnium"]);
    expect(await titlesFor("zurich", documentsOf({ a: "Zürich" }))).toEqual(["a"]);
  });

  test.each([
    ["QwQ-32B", "right"],
    ["qwq 32b", "right"],
    ["C++", "right"],
    ["What is C# for?", "sharp"],
    ["gpt-4o", "omni"],
    ['"exact phrase here"', "right"],
  ])("finds the name %j", async (question, title) => {
    const documents = documentsOf({
      wrong: "A 32B model. The phrase here is not exact. C is a language. GPT 4 came before.",
      right: "QwQ-32B is a model. An exact phrase here. C++ is a language.",
      sharp: "C# is a language.",
      omni: "GPT-4o is a model.",
    });
    expect(await titlesFor(question, documents, 1)).toEqual([title]);
  });

  test.each([
    ["北京大学在哪里？", "中文"],
    ["海淀区有什么大学", "中文"],
    ["東京タワーの高さは？", "日本語"],
    ["หอไอเฟลสูงเท่าไร", "ไทย"],
    ["서울의 수도", "한국어"],
  ])("finds the answer to %j in a language of its own", async (question, title) => {
    const documents = documentsOf({
      中文: "北京大学位于北京市海淀区，是一所著名的大学。",
      日本語: "東京タワーは高さ333メートルの電波塔である。",
      ไทย: "หอไอเฟลสูง 330 เมตร",
      한국어: "서울의 인구는 천만 명이다.",
      English: "The Eiffel Tower is 330 metres high.",
    });
    expect(await titlesFor(question, documents, 1)).toEqual([title]);
  });

  test("shows Chinese text as it was written", async () => {
    const document = { title: "北京", url: "https://example.com/", text: "北京是中国的首都。C++ 很难。" };
    const engine = await createEngine([document]);
    expect(await engine.search("中国的首都")).toEqual({ status: "found", results: [document] });
  });

  test("gives one result a document, with its best passages in its order", async () => {
    const filler = Array.from({ length: 190 }, (_, index) => `filler${index}`).join(" ");
    const text = [
      `Start. ${filler}`,
      `Hafnium one. ${filler}`,
      `Hafnium two. ${filler}`,
      filler,
      `Hafnium three. ${filler}`,
    ];
    const engine = await createEngine([
      { title: "Long", url: "https://example.com/long", text: text.join("\n\n") },
    ]);
    const outcome = await engine.search("hafnium");
    const [, one, two, , three] = text;
    expect(outcome).toEqual({
      status: "found",
      results: [{ title: "Long", url: "https://example.com/long", text: expect.any(String) }],
    });
    const shown = outcome.status === "found" ? outcome.results[0]!.text : "";
    expect([`${one}\n\n${two}`, `${one} … ${three}`, `${two} … ${three}`]).toContain(shown);
    expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(4_000);
  });

  test("fills up a large index with no passages that share common words only", async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      title: "",
      url: `u:${index}`,
      text: "common",
    }));
    const zebra = { title: "Zebra", url: "https://example.com/zebra", text: "stripes" };
    expect(await titlesFor("common zebra", [...many, zebra])).toEqual(["Zebra"]);
    expect(await titlesFor("common zebra", [...many.slice(0, 1), zebra])).toEqual(["Zebra", ""]);
  });

  test("looks behind a document that has many passages", async () => {
    const passage = `hafnium ${"word ".repeat(190)}`;
    const documents = [
      {
        title: "Large",
        url: "https://example.com/large",
        text: Array.from({ length: 200 }, () => passage).join("\n\n"),
      },
      { title: "Small", url: "https://example.com/small", text: `${"word ".repeat(195)} hafnium` },
    ];
    expect((await titlesFor("hafnium", documents, 2)).sort()).toEqual(["Large", "Small"]);
  });

  test.each([
    "AND",
    "OR NOT",
    "NEAR(a b)",
    "*",
    "^",
    '"',
    "'",
    "a:b",
    "{a} : b",
    "-a",
    "--",
    ";drop table documents",
    "\u0000",
    "(",
    "%",
    "a\\b",
    "x".repeat(40_000),
    "word ".repeat(2_000),
    "字".repeat(10_000),
    '"a" "b" "'.repeat(500),
    `"${"word ".repeat(2_000)}"`,
    "é\u0301\u0301",
    "\u{10FFFF}",
  ])("does not fail for %j", async (query) => {
    const engine = await createEngine([HAFNIUM, ZIRCONIUM]);
    expect((await engine.search(query)).status).not.toBe(query === "\u0000" ? "found" : "failed");
  });

  test("tells of an index that was damaged or closed meanwhile", async () => {
    const file = join(createFolder(), "index.db");
    const built = await indexDocuments({ documents: [HAFNIUM], file });
    built.index.close();
    const index = openIndex(file);
    const database = new Database(file);
    database.exec("drop table documents");
    database.close();
    const outcome: SearchOutcome = await createLocalEngine({ index }).search("hafnium");
    index.close();
    expect(outcome).toEqual({
      status: "failed",
      failure: {
        kind: "misconfigured",
        message: expect.stringMatching(
          /^The index .+ is damaged \(.+\)\. Delete it and build the index again\.$/u,
        ),
      },
    });
    expect(await createLocalEngine({ index }).search("hafnium")).toEqual({
      status: "failed",
      failure: { kind: "misconfigured", message: "The database connection is not open" },
    });
  });

  test("is not opened on a file that is cut or empty", async () => {
    const file = join(createFolder(), "index.db");
    (await indexDocuments({ documents: [HAFNIUM], file })).index.close();
    writeFileSync(file, readFileSync(file).fill(0xff, 8_192));
    expect(() => openIndex(file)).toThrow(
      /^The index .+ is damaged \(.+\)\. Delete it and build the index again\.$/u,
    );
    writeFileSync(file, "");
    expect(() => openIndex(file)).toThrow(
      `There is no index at ${file}. Build one from a folder of documents.`,
    );
  });
});
