import { unsupportedSentences } from "../../citation/support/note.ts";
import type { Paint } from "../terminal/paint.ts";
import { printableLine } from "../terminal/printable.ts";
import { placeOf } from "./place.ts";
import { mergeSources, type RunRecord } from "./run-record.ts";
import type { GroupedOutput } from "../terminal/grouped-output.ts";

const MOST_OTHERS = 5;

/**
 * The cited sources, then those that were found besides, each number once; what was cited without being found, and what is
 * not supported by what it cites. `asked`: the others too, where the answer stands on what it cites.
 */
export function showSources(
  {
    groups,
    paint,
    folder,
  }: { readonly groups: GroupedOutput; readonly paint: Paint; readonly folder: string },
  record: Pick<RunRecord, "answered" | "citations" | "uncited" | "sources">,
  { asked = false }: { readonly asked?: boolean } = {},
): void {
  const { answered, citations, uncited, sources } = record;
  const isSupported = answered && citations.every(({ known, verdict }) => known && verdict !== "unsupported");
  const cited = new Set(citations.flatMap(({ known, number }) => (known && number !== null ? [number] : [])));
  const all = mergeSources(sources);
  showList(
    "Sources",
    all.filter(({ number }) => cited.has(number)),
  );
  if (cited.size === 0 || !isSupported || asked) {
    const others = all.filter(({ number }) => !cited.has(number));
    showList(cited.size > 0 ? "Also found" : "Found", asked ? others : others.slice(0, MOST_OTHERS));
  }

  const unknown = new Set(
    citations
      .filter(({ known }) => !known)
      .map(({ number, url }) => (number === null ? printableLine(url) : `[${number}]`)),
  );
  if (unknown.size > 0) {
    const text = `Cited, but not found by this run: ${[...unknown].join(", ")}`;
    groups.line("unknown citations", text, paint.yellow);
  }

  for (const { sentence, numbers, why } of unsupportedSentences(citations.filter(({ known }) => known))) {
    const marks = numbers.map((number) => `[${number}]`).join("");
    groups.line(
      "unsupported",
      `Not supported by ${marks}: ${printableLine(sentence)} (${printableLine(why)})`,
      paint.yellow,
    );
  }

  // where nothing was found, that is told by itself
  for (const sentence of sources.length === 0 ? [] : uncited)
    groups.line("unsupported", `Without a source: ${printableLine(sentence)}`, paint.yellow);

  function showList(heading: string, listed: ReturnType<typeof mergeSources>): void {
    if (listed.length === 0) return;
    groups.line(heading, heading, paint.bold);
    for (const { number, title, url } of listed) {
      const mark = `[${number}] `;
      const [first = "", second] = [title, placeOf(url, folder)]
        .map(printableLine)
        .filter((text) => text !== "");
      groups.line(heading, mark + first);
      if (second !== undefined) groups.line(heading, " ".repeat(mark.length) + second, paint.dim);
    }
  }
}

/** `[[1]](address)` as `[1]`: the address stands in the list of sources. */
export function withShortMarks(answer: string): string {
  return answer.replaceAll(/\[\[(\d{1,4})\]\]\([^()\s]*\)/g, "[$1]");
}
