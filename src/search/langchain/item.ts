import { basename, isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { readWrittenDate } from "../engines/wire/written-date.ts";
import type { FoundResult } from "../limits.ts";

const TITLE_FIELDS = ["title", "name", "headline", "heading"];
const URL_FIELDS = ["url", "link", "href", "permalink", "uri", "source", "path"];
const TEXT_FIELDS = [
  "pageContent",
  "page_content",
  "content",
  "text",
  "snippet",
  "description",
  "body",
  "summary",
  "extract",
  "excerpt",
  "answer",
  "raw_content",
];
const DATE_FIELDS = [
  "date",
  "published_date",
  "publishedDate",
  "published",
  "date_published",
  "datePublished",
  "pubDate",
  "page_age",
  "timestamp",
  "last_modified",
];

/** Fields of something that a search tool or a retriever gives; what they hold is anybody's guess. */
export type Fields = Readonly<Record<string, unknown>>;
export const fieldsSchema = z.record(z.string(), z.unknown());

/** A document of LangChain: its text, and what is known about it. */
export function readDocument(pageContent: string, metadata: Fields): FoundResult {
  return readFields({ ...metadata, pageContent });
}

/** One result by the names that search tools give its parts. `undefined` for one without a title and without a text. */
export function readItem(item: Fields): FoundResult | undefined {
  const metadata = fieldsSchema.safeParse(item["metadata"]).data ?? {};
  const result = readFields({ ...metadata, ...item });
  return result.title === "" && result.text === "" ? undefined : result;
}

function readFields(fields: Fields): FoundResult {
  const { url, fileName } = readAddress(firstText(fields, URL_FIELDS));
  return {
    title: firstText(fields, TITLE_FIELDS) || fileName,
    url,
    text: firstText(fields, TEXT_FIELDS),
    date: readDate(fields),
  };
}

/** Loaders of files write a path where those of the web write a URL. */
function readAddress(address: string): { url: string; fileName: string } {
  if (!isAbsolute(address)) return { url: address, fileName: "" };
  return { url: pathToFileURL(address).href, fileName: basename(address) };
}

function firstText(fields: Fields, names: readonly string[]): string {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "string" && value.trim() !== "") return value;
  }
  return "";
}

function readDate(fields: Fields): string | undefined {
  for (const name of DATE_FIELDS) {
    const value = fields[name];
    const written = value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value;
    const date = typeof written === "string" ? readWrittenDate(written) : undefined;
    if (date !== undefined) return date;
  }
  return undefined;
}
