import { z } from "zod";
import { fieldsSchema, readItem } from "./item.ts";
import type { FoundResult } from "../limits.ts";
import { readMarkedSnippet } from "../engines/wire/marked-snippet.ts";
import { parseJson } from "../engines/wire/refusal.ts";

/** What a search tool gave back. */
export type ToolOutput =
  | { readonly kind: "results"; readonly results: readonly FoundResult[] }
  | { readonly kind: "nothing" }
  /** The tool says that it failed. */
  | { readonly kind: "error"; readonly words: string }
  | { readonly kind: "unknown" };

const MOST_ITEMS = 500;
const MOST_LEVELS = 4;

/** Where tools keep their list of results. */
const LISTS = [
  "results",
  "organic",
  "organic_results",
  "items",
  "data",
  "documents",
  "hits",
  "search_results",
  "web",
  "webPages",
  "value",
];

const NOTHING = /^(?:no (?:[\w-]+ ){0,4}results?\b|nothing (?:was )?found\b|suggestions: )[^\n]{0,300}$/iu;
const ERROR =
  /^(?:(?:[\w-]+ )?\w*(?:error|exception)\s*[:(]|error (?:when|while|calling|fetching|executing|invoking|occurred)\b|an error occurred\b)/iu;
const MARKUP =
  /<\/?(?:b|br|em|i|mark|p|span|strong)(?:\s[^<>]*)?\/?>|&(?:amp|gt|lt|nbsp|quot|#\d{2,5}|#x[\da-f]{2,5});/iu;
/** What the Wikipedia tools write for each page. */
const PAGES = /(?:^|\n\n)Page: (.+)\nSummary: /gu;

const messageSchema = z.object({
  tool_call_id: z.string(),
  content: z.unknown(),
  status: z.string().nullish(),
});
const blockSchema = z.object({ type: z.literal("text"), text: z.string() });
const errorSchema = z.union([
  z.object({ error: z.string().min(1) }).transform(({ error }) => error),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
]);

/**
 * Reads what search tools return: JSON as a string or a value, a list of results or an object that holds one, objects
 * joined by commas, blocks of content, or plain text, which is one result. Markup in results becomes text.
 */
export async function readToolOutput(output: unknown): Promise<ToolOutput> {
  const read = readValue(output, MOST_LEVELS);
  if (read.kind !== "results") return read;
  return { kind: "results", results: await Promise.all(read.results.map(withoutMarkup)) };
}

function readValue(value: unknown, levels: number): ToolOutput {
  if (levels === 0) return { kind: "unknown" };
  if (typeof value === "string") return readText(value, levels);
  if (Array.isArray(value)) return readList(value, levels);
  const message = messageSchema.safeParse(value).data;
  if (message !== undefined) return readMessage(message, levels);
  const fields = fieldsSchema.safeParse(value).data;
  if (fields === undefined) return { kind: "unknown" };
  const words = errorSchema.safeParse(fields).data;
  if (words !== undefined) return NOTHING.test(words) ? { kind: "nothing" } : { kind: "error", words };
  const list = LISTS.map((name) => fields[name]).find((held) => typeof held === "object" && held !== null);
  if (list !== undefined) return readValue(list, levels - 1);
  const item = readItem(fields);
  return item === undefined ? { kind: "unknown" } : { kind: "results", results: [item] };
}

function readMessage({ content, status }: z.infer<typeof messageSchema>, levels: number): ToolOutput {
  if (status !== "error") return readValue(content, levels - 1);
  return { kind: "error", words: typeof content === "string" ? content : JSON.stringify(content) };
}

function readText(text: string, levels: number): ToolOutput {
  const written = text.trim();
  if (written === "" || NOTHING.test(written)) return { kind: "nothing" };
  if (ERROR.test(written)) return { kind: "error", words: written };
  const value =
    parseJson(written) ?? (/^\{[\s\S]*\}$/u.test(written) ? parseJson(`[${written}]`) : undefined);
  if (typeof value === "string" || (typeof value === "object" && value !== null)) {
    return readValue(value, levels - 1);
  }
  return { kind: "results", results: readPages(written) };
}

function readPages(text: string): readonly FoundResult[] {
  const marks = [...text.matchAll(PAGES)];
  if (marks[0]?.index !== 0) return [{ title: "", url: "", text }];
  return marks.map((mark, position) => ({
    title: mark[1] ?? "",
    url: "",
    text: text.slice(mark.index + mark[0].length, marks[position + 1]?.index),
  }));
}

function readList(list: readonly unknown[], levels: number): ToolOutput {
  if (list.length === 0) return { kind: "nothing" };
  const [first] = list;
  const only = list.length === 1 ? blockSchema.safeParse(first).data : undefined;
  if (only !== undefined) return readText(only.text, levels - 1);
  const results = list.slice(0, MOST_ITEMS).flatMap((item) => {
    if (typeof item === "string") return item.trim() === "" ? [] : [{ title: "", url: "", text: item }];
    const fields = fieldsSchema.safeParse(item).data;
    return (fields === undefined ? undefined : readItem(fields)) ?? [];
  });
  return results.length === 0 ? { kind: "unknown" } : { kind: "results", results };
}

async function withoutMarkup(result: FoundResult): Promise<FoundResult> {
  return { ...result, title: await plain(result.title), text: await plain(result.text) };
}

async function plain(text: string): Promise<string> {
  return MARKUP.test(text) ? readMarkedSnippet(text) : text;
}
