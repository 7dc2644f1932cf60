import type { FoundResult } from "../outcome.ts";
import { readWrittenDate } from "../engines/wire/written-date.ts";

const FIELD = /^[\s>*_-]*(?:\d{1,3}[.)]\s*)?[*_]*([A-Za-z][A-Za-z ]{0,20}?)[*_]*\s*:[*_]*\s+(\S.*)$/;
const FIELDS: Readonly<Record<string, "title" | "url" | "text" | "date">> = {
  title: "title",
  name: "title",
  url: "url",
  link: "url",
  source: "url",
  href: "url",
  content: "text",
  text: "text",
  snippet: "text",
  description: "text",
  summary: "text",
  highlights: "text",
  date: "date",
  published: "date",
  "published date": "date",
  "page age": "date",
};
const ADDRESS = /^<?(?:https?|file):\/\/[^\s>]+>?$/;
const NUMBERED = /^\s*(?:#{1,6}\s*)?[*_]*\d{1,3}[.)]\s+(.+?)[*_]*\s*$/;
const DATED = /^(.*\S)\s+\((\d{4}-\d{2}-\d{2})\)$/;

/**
 * Results that a tool wrote as text: `Title: …`, `URL: …`, `Content: …` in any order, each result with an address, or a
 * numbered title with the address in the next line. `undefined` where the text is something else.
 */
export function readListed(text: string): readonly FoundResult[] | undefined {
  const lines = text.split(/\r?\n/);
  const found = readFields(lines) ?? readNumbered(lines);
  return found !== undefined && found.length > 0 ? found : undefined;
}

interface Draft {
  title?: string;
  url?: string;
  text?: string;
  date?: string;
}

function readFields(lines: readonly string[]): readonly FoundResult[] | undefined {
  const drafts: Draft[] = [];
  let open: Draft = {};
  let last: keyof Draft | undefined;
  let between = false;
  for (const line of lines) {
    const [, name = "", value = ""] = FIELD.exec(line) ?? [];
    const field = FIELDS[name.toLowerCase()];
    if (field === "url" && !ADDRESS.test(value.trim())) continue;
    if (field !== undefined) {
      // what a result has already begins the next one; a second text of one result is more of it
      const isNext = field === "text" ? between && open.text !== undefined : open[field] !== undefined;
      if (isNext && (open.url !== undefined || open.title !== undefined)) {
        drafts.push(open);
        open = {};
      }
      const said = field === "url" ? value.trim().replaceAll(/^<|>$/g, "") : value.trim();
      open[field] = field === "text" && open.text !== undefined ? `${open.text}\n${said}` : said;
      last = field;
      between = false;
    } else if (last === "text") open.text = `${open.text ?? ""}\n${line}`;
    if (line.trim() === "") between = true;
  }
  drafts.push(open);
  const whole = drafts.filter(({ title, text, url }) => url !== undefined && (title ?? text) !== undefined);
  return whole.length === 0 ? undefined : whole.map(finished);
}

/** `1. A title (2025-03-06)`, its address, and its text, as the tool `search` of this package writes them. */
function readNumbered(lines: readonly string[]): readonly FoundResult[] | undefined {
  const drafts: Draft[] = [];
  for (const [at, line] of lines.entries()) {
    const title = NUMBERED.exec(line)?.[1];
    const url = lines[at + 1]?.trim() ?? "";
    const open = drafts.at(-1);
    if (title !== undefined && ADDRESS.test(url)) {
      const [, bare, date] = DATED.exec(title) ?? [];
      drafts.push({
        title: bare ?? title,
        url: url.replaceAll(/^<|>$/g, ""),
        text: "",
        ...(date !== undefined && { date }),
      });
    } else if (open !== undefined && line.trim() !== open.url) open.text = `${open.text ?? ""}\n${line}`;
  }
  return drafts.map(finished);
}

function finished({ title, url, text, date }: Draft): FoundResult {
  return { title, url, text: text?.trim(), date: readWrittenDate(date) };
}
