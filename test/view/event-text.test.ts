import { expect, test } from "vitest";
import { eventText, type StepEvent } from "../../src/view/event-text.ts";

const quoted = (text: string): string => `<${text}>`;
const search = {
  type: "search-end",
  query: "q",
  engine: "a > b",
  sources: [],
  attempts: [],
  milliseconds: 812,
} as const;
const tries = ["a", "a", "b"].map((engine) => ({
  engine,
  from: "engine" as const,
  status: "failed" as const,
  kind: "timeout",
  reason: "late",
  waitedMs: 0,
  milliseconds: 1,
}));
const source = { number: 1, title: "About q", url: "https://example.org/q" };
const page = { type: "page-end", url: "https://example.org/q", reader: "web", milliseconds: 812 } as const;
const failure = { kind: "unreachable", message: "10.0.0.7 refused the connection." } as const;

test.each<[StepEvent, string, string]>([
  [{ type: "search-start", query: "q", engine: "a > b" }, "Searching <a > b>: <q>", "Searching <a > b>: <q>"],
  [
    { ...search, status: "found", sources: [source, source] },
    "<a > b> found 1 source: <q>",
    "<a > b> found 1 source in 0.8 s: <q>",
  ],
  [{ ...search, status: "nothing" }, "<a > b> found nothing: <q>", "<a > b> found nothing in 0.8 s: <q>"],
  [
    { ...search, status: "failed", failure, attempts: tries },
    "<a and b> failed: <q>",
    "<a and b> failed after 0.8 s: <q>",
  ],
  [{ ...search, status: "failed", failure }, "<a > b> failed: <q>", "<a > b> failed after 0.8 s: <q>"],
  [
    { ...search, status: "repeated", sources: [source] },
    "Searched before, 1 source: <q>",
    "Searched before, 1 source: <q>",
  ],
  [
    { ...search, status: "not-run" },
    "Not searched, the search budget is spent: <q>",
    "Not searched, the search budget is spent: <q>",
  ],
  [{ type: "page-start", url: page.url, reader: "web" }, `Opening <${page.url}>`, `Opening <${page.url}>`],
  [{ ...page, status: "read", source }, "Read: <About q>", "Read in 0.8 s: <About q>"],
  [
    { ...page, status: "read", source: { ...source, title: " \u0007" } },
    `Read: <${page.url}>`,
    `Read in 0.8 s: <${page.url}>`,
  ],
  [{ ...page, status: "failed", failure }, `Not read: <${page.url}>`, `Not read after 0.8 s: <${page.url}>`],
  [{ ...page, status: "repeated" }, `Opened before: <${page.url}>`, `Opened before: <${page.url}>`],
])("%j", (event, text, timed) => {
  expect([eventText(event, quoted), eventText(event, quoted, true)]).toEqual([text, timed]);
});
