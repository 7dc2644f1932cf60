import type { Paint } from "../terminal/paint.ts";
import { printableLine } from "../terminal/printable.ts";
import { mergeSources, type RunRecord } from "./run-record.ts";
import type { GroupedOutput } from "../terminal/grouped-output.ts";

/** The cited sources, then those that were found besides, each number once; and what was cited without being found. */
export function showSources(
  groups: GroupedOutput,
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
    groups.line("unknown citations", text, paint.yellow);
  }

  function showList(heading: string, listed: ReturnType<typeof mergeSources>): void {
    if (listed.length === 0) return;
    groups.line(heading, heading, paint.bold);
    for (const { number, title, url } of listed) {
      const mark = `[${number}] `;
      const [first = "", second] = [printableLine(title), printableLine(url)].filter((text) => text !== "");
      groups.line(heading, mark + first);
      if (second !== undefined) groups.line(heading, " ".repeat(mark.length) + second, paint.dim);
    }
  }
}
