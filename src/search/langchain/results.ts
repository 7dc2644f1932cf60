import { basename, isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { readWrittenDate } from "../engines/wire/written-date.ts";
import type { FoundResult } from "../outcome.ts";
import { readListed } from "./listed.ts";

const MOST_ITEMS = 500;

/** What is of another form counts as absent. */
const text = z.string().optional().catch(undefined);
const date = z
  .union([z.string(), z.date().transform((time) => time.toISOString())])
  .optional()
  .catch(undefined);

const aboutSchema = z.object({
  title: text,
  url: text,
  link: text,
  source: text,
  date,
  published: date,
  publishedDate: date,
  published_date: date,
});
const itemSchema = aboutSchema.extend({ content: text, text, snippet: text, description: text });
const documentSchema = z.object({ pageContent: z.string(), metadata: aboutSchema.nullish() });
const listSchema = z.union([
  z.array(z.unknown()),
  z.object({ results: z.array(z.unknown()) }).transform(({ results }) => results),
  z.object({ documents: z.array(z.unknown()) }).transform(({ documents }) => documents),
]);

/** A document of LangChain: its text, and what its metadata tells. */
export function readDocument(document: unknown): FoundResult | undefined {
  const { pageContent, metadata } = documentSchema.safeParse(document).data ?? {};
  if (pageContent === undefined) return undefined;
  const about = readAbout(metadata ?? {});
  return { ...about, text: pageContent };
}

/**
 * What a search tool found: documents, items of `{title, url, content}`, an object with these as its `results`, or texts.
 * `undefined` for anything else.
 */
export function readResults(value: unknown): readonly FoundResult[] | undefined {
  if (typeof value === "string") return value.trim() === "" ? [] : (readListed(value) ?? [{ text: value }]);
  const list = listSchema.safeParse(value).data;
  const items = (list ?? [value]).slice(0, MOST_ITEMS);
  const results = items.flatMap((item) =>
    typeof item === "string" ? (readListed(item) ?? [{ text: item }]) : (readItem(item) ?? []),
  );
  return results.length > 0 || list?.length === 0 ? results : undefined;
}

function readItem(item: unknown): FoundResult | undefined {
  const document = readDocument(item);
  const fields = itemSchema.safeParse(item).data;
  if (document !== undefined || fields === undefined) return document;
  const result = {
    ...readAbout(fields),
    text: fields.content ?? fields.text ?? fields.snippet ?? fields.description,
  };
  return result.title || result.text ? result : undefined;
}

/** Loaders of files write a path as the source where those of the web write a URL. */
function readAbout(about: z.infer<typeof aboutSchema>): Omit<FoundResult, "text"> {
  const url = about.url ?? about.link ?? about.source ?? "";
  const isPath = isAbsolute(url);
  const written = about.date ?? about.published ?? about.publishedDate ?? about.published_date;
  return {
    title: about.title ?? (isPath ? basename(url) : undefined),
    url: isPath ? pathToFileURL(url).href : url,
    date: readWrittenDate(written),
  };
}

const NOTHING = /^(?:no (?:[\w-]+ ){0,4}results?\b|nothing (?:was )?found\b)[^\n]{0,300}$/iu;
const ERROR =
  /^(?:(?:[\w-]+ )?\w*(?:error|exception)\s*[:(]|error (?:when|while|calling|fetching|executing|invoking|occurred)\b|an error occurred\b)/iu;

/** What a sentence in place of results says. */
export function readSentence(value: unknown): "nothing" | "error" | undefined {
  if (typeof value !== "string") return undefined;
  const sentence = value.trim();
  return NOTHING.test(sentence) ? "nothing" : ERROR.test(sentence) ? "error" : undefined;
}
