import Papa from "papaparse";
import { z } from "zod";
import type { ParsedBlocks } from "./document.ts";
import { decodeText } from "./plain-text.ts";
import { tableToBlock } from "./table.ts";

const tableSchema = z.array(z.array(z.string()));

/** CSV and the like; what stands between its cells (comma, semicolon, tab, bar) is found out. */
export function parseDelimited(bytes: Uint8Array): ParsedBlocks {
  const { text, problem } = decodeText(bytes);
  const read = Papa.parse(text, { skipEmptyLines: "greedy" });
  // a quotation mark that nothing closes is an inch: it would take all that follows into one cell
  const isQuoted = !read.errors.some(({ code }) => code === "MissingQuotes");
  const { data } = isQuoted ? read : Papa.parse(text, withoutQuotes(text));
  return { blocks: [tableToBlock(tableSchema.parse(data))], problem };
}

function withoutQuotes(text: string): { skipEmptyLines: "greedy"; quoteChar: string; delimiter: string } {
  const { delimiter } = Papa.parse(text.slice(0, 100_000).replaceAll('"', ""), {
    preview: 20,
    skipEmptyLines: "greedy",
  }).meta;
  return { skipEmptyLines: "greedy", quoteChar: "\0", delimiter };
}
