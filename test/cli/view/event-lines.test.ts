import { expect, test } from "vitest";
import { closingLine } from "../../../src/cli/view/closing-line.ts";
import { eventLine } from "../../../src/cli/view/event-lines.ts";
import { NOTHING_YET, readRecord } from "../../../src/cli/view/run-record.ts";
import type { RunEvent } from "../../../src/graph/events.ts";
import { everySearchFailed } from "../../../src/graph/sources.ts";
import { RECORD } from "../scripts.ts";

const URL = "https://example.org/a";
const pageEnd = (
  status: Extract<RunEvent, { type: "page-end" }>["status"],
  more: Partial<Extract<RunEvent, { type: "page-end" }>> = {},
): RunEvent => ({ type: "page-end", url: URL, reader: "web", status, milliseconds: 812, ...more });
const searchEnd = (digest: Extract<RunEvent, { type: "search-end" }>["digest"]): RunEvent => ({
  type: "search-end",
  query: "q",
  engine: "tavily",
  status: "found",
  sources: [{ number: 1, title: "A", url: URL }],
  attempts: [],
  milliseconds: 50,
  ...(digest !== undefined && { digest }),
});

test.each<[RunEvent, string, "plain" | "bad"]>([
  [{ type: "page-start", url: `${URL}\n\u001B[2J`, reader: "web" }, `Opening ${URL} [2J`, "plain"],
  [
    pageEnd("read", { source: { number: 1, title: "All\nof A\u001B", url: URL } }),
    "Read in 0.8 s: All of A",
    "plain",
  ],
  [pageEnd("read", { source: { number: 1, title: " ", url: URL } }), `Read in 0.8 s: ${URL}`, "plain"],
  [
    pageEnd("failed", { failure: { kind: "timeout", message: "It was\ntoo slow." } }),
    `Not read after 0.8 s: ${URL}\n  It was too slow.`,
    "bad",
  ],
  [pageEnd("repeated"), `Opened before: ${URL}`, "plain"],
  [pageEnd("refused"), `Not opened, nobody but the model named it: ${URL}`, "bad"],
  [pageEnd("not-run"), `Not opened, the page budget is spent: ${URL}`, "bad"],
  [
    { type: "tool-call-refused", budget: "page" },
    "No more searches: the page budget is spent. The model is told to answer.",
    "bad",
  ],
  [searchEnd(undefined), "tavily found 1 source in 50 ms: q", "plain"],
  [
    searchEnd({ status: "condensed", milliseconds: 1200 }),
    "tavily found 1 source in 50 ms: q\n  Condensed in 1.2 s",
    "plain",
  ],
  [
    searchEnd({ status: "failed", reason: "The model wrote\nno digest.", milliseconds: 3 }),
    "tavily found 1 source in 50 ms: q\n  Not condensed: The model wrote no digest.",
    "bad",
  ],
])("%j", (event, text, tone) => {
  expect(eventLine(event)).toEqual({ text, tone });
});

test("the closing line counts pages where there are any", () => {
  expect(closingLine({ ...RECORD, pages: 2, stopReason: "page-budget" })).toBe(
    "page budget spent, 2 searches, 2 pages, 1,234 tokens, 35 s",
  );
});

test("a page that was read supports an answer when every search failed", () => {
  const [, failed] = RECORD.queries;
  const reading = { url: URL, reader: "web", status: "read", source: 1, kind: "", reason: "" } as const;
  const readings = [{ ...reading, milliseconds: 1 }];
  expect(everySearchFailed({ queries: [failed!], readings: [] })).toBe(true);
  expect(everySearchFailed({ queries: [failed!], readings })).toBe(false);
});

test("a run that was kept before there were pages and boundaries is read", () => {
  const { pages: _pages, readings: _readings, ...before } = NOTHING_YET;
  const opening = { question: "Q?", questionId: "1", date: "2026-11-22", messages: [], protocol: "qwq" };
  const kept = {
    ...before,
    opening: { ...opening, engine: "local", model: { family: "offline", name: "" } },
  };
  expect(readRecord(kept)).toMatchObject({ pages: 0, readings: [], opening });
});
