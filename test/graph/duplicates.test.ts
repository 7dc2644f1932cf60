import { expect, test } from "vitest";
import type { SearchResult } from "../../src/search/engine.ts";
import { createNumbering } from "../../src/graph/sources.ts";
import { ask, call, scripted } from "./agent.ts";

const TEXT = Array.from({ length: 20 }, (_, at) => `Sentence ${at} of the article says what it says.`).join(
  " ",
);
const article: SearchResult = { title: "The article", url: "https://a.example/x", text: TEXT };
const mirror: SearchResult = { title: "The mirror", url: "https://b.example/x", text: TEXT };
const poisoned: SearchResult = {
  title: "The forgery",
  url: "https://c.example/x",
  text: TEXT.replace("Sentence 19 of the article says", "Sentence 19 of the article denies"),
};
const again: SearchResult = { ...article, url: "https://a.example/x#part" };

function engineOf(found: Readonly<Record<string, readonly SearchResult[]>>) {
  return {
    name: "pages",
    search: async (query: string) => ({ status: "found" as const, results: found[query] ?? [] }),
  };
}

test("one text at several addresses is shown once, and each address can be cited", async () => {
  const { agent } = scripted(
    [call("one"), call("two"), "Ok.\n</think>\n\nSo it is [1]. Also [2]. Denied [3]."],
    { engine: engineOf({ one: [article, mirror], two: [poisoned, again] }) },
  );
  const { state } = await ask(agent, "Q?");
  const responses = state.transcript.filter(({ origin }) => origin === "search").map(({ text }) => text);
  expect(responses).toEqual([
    `\n<tool_response>\n[1 k7f3 a.example] The article\n${TEXT}\n\n[2 k7f3 b.example] The mirror\n(same text as source 1)\n\nSearches left: 4.\n</tool_response>\n`,
    "\n<tool_response>\n[3 k7f3 c.example] The forgery\n(same text as source 1, but for:)\nSentence 19 of the article denies what it says.\n\n[1 k7f3 a.example] The article\n(shown above)\n\nSearches left: 3.\n</tool_response>\n",
  ]);
  expect(state.sources.map(({ number, url, text }) => [number, url, text.length])).toEqual([
    [1, "https://a.example/x", TEXT.length],
    [2, "https://b.example/x", TEXT.length],
    [3, "https://c.example/x", poisoned.text.length],
  ]);
  expect(state.citations.map(({ number, known }) => [number, known])).toEqual([
    [1, true],
    [2, true],
    [3, true],
  ]);
});

function long(at: number): SearchResult {
  return { title: `Page ${at}`, url: `https://a.example/${at}`, text: `word${at} `.repeat(3000) };
}

test("the response of a call with several queries is bounded as a whole", async () => {
  const queries = ["a", "b", "c", "d"];
  const { agent } = scripted([call(queries), "Ok.\n</think>\n\nSo [1]."], {
    engine: engineOf(Object.fromEntries(queries.map((query, at) => [query, [long(at)]]))),
  });
  const { state } = await ask(agent, "Q?", { context: { maxResponseBytes: 8000 } });
  const response = state.transcript.find(({ origin }) => origin === "search")?.text ?? "";
  expect(Buffer.byteLength(response)).toBeLessThan(8300);
  expect(response.endsWith(" …\n\nSearches left: 1.\n</tool_response>\n")).toBe(true);
  expect(state.sources.map(({ number, text }) => [number, text.slice(0, 6), text.length > 1900])).toEqual([
    [1, "word0 ", true],
    [2, "word1 ", true],
    [3, "word2 ", true],
    [4, "word3 ", true],
  ]);
});

test("a source is read once in a run, however many results are numbered after it, and in however many steps", () => {
  const reads = { url: 0, text: 0 };
  const known = Array.from({ length: 50 }, (_, at) => ({
    number: at + 1,
    title: `T${at}`,
    get url() {
      reads.url += 1;
      return `https://example.org/${at}`;
    },
    get text() {
      reads.text += 1;
      return `Text ${at}.`;
    },
  }));
  for (let step = 0; step < 3; step += 1) {
    const numbering = createNumbering(known, { refer: true });
    for (let at = 0; at < 5; at += 1) {
      const result = {
        title: "New",
        url: `https://example.org/new/${step}/${at}`,
        text: `New ${step} ${at}.`,
      };
      expect(numbering.number(result).number).toBe(51 + at);
    }
  }
  expect(reads).toEqual({ url: 50, text: 100 });
});

test("without an address, a source is the same where all of it is", () => {
  const numbering = createNumbering([{ number: 1, title: "A", url: "", text: "One." }], { refer: true });
  const numbered = [
    { title: "A", url: "", text: "One." },
    { title: "A", url: "", text: "Two." },
    { title: "B", url: "", text: "One." },
    { title: "A", url: "https://example.org/", text: "One." },
    { title: "A", url: "https://example.org#part", text: "Two." },
  ].map((result) => numbering.number(result));
  expect(numbered.map(({ number, shownBefore }) => [number, shownBefore])).toEqual([
    [1, true],
    [2, false],
    [3, false],
    [4, false],
    [4, false],
  ]);
});
