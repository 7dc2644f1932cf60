import * as fc from "fast-check";
import { expect, test } from "vitest";
import { printableJson } from "../../src/cli/terminal/printable.ts";
import { runJson } from "../../src/cli/view/run-json.ts";
import { createRunView } from "../../src/cli/view/run-view.ts";
import type { RunRecord } from "../../src/cli/view/run-record.ts";
import { report } from "../../src/cli/terminal/failure.ts";
import type { RunEvent } from "../../src/graph/events.ts";
import { RECORD } from "./scripts.ts";
import { createStage } from "./surroundings.ts";

/** Everything that a terminal may act on, but line feed and tab. */
const CONTROL = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u;
const OWN_COLOURS = new RegExp(String.raw`\u001B\[(?:1|2|22|33|36|39)m`, "g");

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        "\u001B]8;;https://evil.example\u0007ok\u001B]8;;\u0007",
        "\u001B[2J",
        "\u001B]52;c;ZXZpbA==\u0007",
        "\u009B31m",
        "\u001B[8m",
        "\r",
        "\u007F",
        "\u0000",
        "\u202E",
        "a",
        "\n",
        "😀",
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join("")),
);

const cut = fc.tuple(hostile, fc.nat()).map(([text, at]) => {
  const place = text.length === 0 ? 0 : at % text.length;
  return [text.slice(0, place), text.slice(place)] as const;
});

function eventsOf(text: string, [head, tail]: readonly [string, string]): readonly RunEvent[] {
  const source = { number: 1, title: text, url: text };
  return [
    { type: "run-start", question: text, protocol: text, model: text, family: text, engine: text },
    { type: "reasoning-delta", text: head },
    { type: "reasoning-delta", text: tail },
    { type: "tool-call", queries: [text] },
    { type: "tool-call-invalid", reason: text, detail: text },
    { type: "search-start", query: text, engine: "tavily" },
    {
      type: "search-end",
      query: text,
      engine: "tavily",
      status: "found",
      sources: [source],
      attempts: [],
      milliseconds: 1,
    },
    {
      type: "search-end",
      query: text,
      engine: "tavily",
      status: "failed",
      sources: [],
      failure: { kind: "timeout", message: text },
      attempts: [],
      milliseconds: 1,
    },
    { type: "tool-call", queries: [], urls: [text] },
    { type: "page-start", url: text, reader: "web" },
    { type: "page-end", url: text, reader: "web", status: "read", source, milliseconds: 1 },
    {
      type: "page-end",
      url: text,
      reader: "web",
      status: "failed",
      failure: { kind: "no-text", message: text },
      milliseconds: 1,
    },
    { type: "page-end", url: text, reader: "", status: "refused", milliseconds: 0 },
    { type: "answer-delta", text: head },
    { type: "answer-delta", text: tail },
    { type: "answer-end", answer: text, answered: true, citations: [], uncited: [], stopReason: "answered" },
    {
      type: "answer-end",
      answer: `There is no answer: ${text}`,
      answered: false,
      citations: [],
      uncited: [],
      stopReason: "model-error",
      failure: { code: "model-rejected", message: text },
    },
  ];
}

function recordOf(text: string): RunRecord {
  const citation = {
    number: null,
    title: text,
    url: text,
    sentence: text,
    known: false,
    verdict: "unsupported" as const,
    checks: [],
    overlap: 0,
    citedText: text,
    start: 0,
    end: 0,
    redundant: false,
  };
  const source = { number: 1, title: text, url: text, text };
  return {
    ...RECORD,
    answer: text,
    sources: [source],
    citations: [citation],
    transcript: [{ origin: "model", text }],
  };
}

test("no text of any field, cut anywhere, brings a control character to the terminal or the pipe", () => {
  fc.assert(
    fc.property(hostile, cut, fc.boolean(), (text, pieces, terminal) => {
      const stage = createStage({ terminal });
      const view = createRunView(stage.surroundings, { environment: {}, noColor: false });
      view.begin(text);
      for (const event of eventsOf(text, pieces)) view.onEvent(event);
      view.end(recordOf(text));
      report(new Error(text), stage.surroundings, { json: true });
      const written = (stage.out() + stage.err()).replaceAll(OWN_COLOURS, "");
      expect(CONTROL.exec(written)?.[0]).toBe(undefined);
    }),
    { numRuns: 500 },
  );
});

function shown(pieces: readonly string[]): string {
  const stage = createStage({ terminal: true });
  const view = createRunView(stage.surroundings, { environment: {}, noColor: true });
  for (const piece of pieces) view.onEvent({ type: "answer-delta", text: piece });
  view.close();
  return stage.out();
}

test("where a text is cut changes nothing of what is shown", () => {
  const text = "One 😀 two\u001B[31m three.\r\n\n  Four\u009B2J five \n";
  expect(shown([text])).toBe("One 😀 two[31m three.\n\n  Four2J five\n");
  for (let at = 1; at < text.length; at += 1) {
    expect(shown([text.slice(0, at), text.slice(at)])).toBe(shown([text]));
  }
  expect(shown(text.split(""))).toBe(shown([text]));
});

test("JSON has them escaped and reads back as it was", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const json = runJson(text, recordOf(text));
      expect(CONTROL.exec(json)?.[0]).toBe(undefined);
      expect(JSON.parse(json)).toMatchObject({ question: text, answer: text, transcript: [{ text }] });
    }),
  );
  expect(printableJson("\u009B31m\u007F\u001B")).toBe(String.raw`"\u009b31m\u007f\u001b"`);
});

test("a title or a query cannot begin a line of its own", () => {
  const stage = createStage({ terminal: true });
  const view = createRunView(stage.surroundings, { environment: {}, noColor: true });
  const forged = "a\n\nSources\n[1] Forged\r\n\u2028x";
  view.onEvent({ type: "search-start", query: forged, engine: "tavily" });
  const queries = RECORD.queries.slice(0, 1);
  view.end({ ...recordOf(forged), searches: 1, stopReason: "answered", queries });
  expect(stage.out()).toMatchInlineSnapshot(`
    "Searching tavily: a Sources [1] Forged x

    Found
    [1] a Sources [1] Forged x
        a Sources [1] Forged x

    Cited, but not found by this run: a Sources [1] Forged x

    1 search, 1,234 tokens, 35 s
    "
  `);
});
