import type { Paint } from "../terminal/paint.ts";
import { printableLine } from "../terminal/printable.ts";
import { mergeSources, type RunRecord } from "./run-record.ts";
import type { Sheet } from "../terminal/sheet.ts";

/** The cited sources, then those that were found besides, each number once; and what was cited without being found. */
export function showSources(
  sheet: Sheet,
  paint: Paint,
  record: Pick<RunRecord, "citations" | "sources">,
): void {
  const { citations, sources } = record;
  const cited = new Set(citations.flatMap(({ known, number }) => (known && number !== null ? [number] : [])));
  const all = mergeSources(sources);
  showList(
    "Sources",
    all.filter(({ number }) => cited.has(number)),
  );
  showList(
    cited.size > 0 ? "Also found" : "Found",
    all.filter(({ number }) => !cited.has(number)),
  );

  const unknown = new Set(
    citations
      .filter(({ known }) => !known)
      .map(({ number, url }) => (number === null ? printableLine(url) : `[${number}]`)),
  );
  if (unknown.size > 0) {
    const text = `Cited, but not found by this run: ${[...unknown].join(", ")}`;
    sheet.line("unknown citations", text, paint.yellow);
  }

  function showList(heading: string, listed: ReturnType<typeof mergeSources>): void {
    if (listed.length === 0) return;
    sheet.line(heading, heading, paint.bold);
    for (const { number, title, url } of listed) {
      const mark = `[${number}] `;
      const [first = "", second] = [printableLine(title), printableLine(url)].filter((text) => text !== "");
      sheet.line(heading, mark + first);
      if (second !== undefined) sheet.line(heading, " ".repeat(mark.length) + second, paint.dim);
    }
  }
}
