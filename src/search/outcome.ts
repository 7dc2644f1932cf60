import { cleanLine, cleanText } from "./clean-text.ts";
import type { SearchOutcome, SearchResult } from "./engine.ts";

/** Sizes in bytes of UTF-8, so that a response costs about the same in every language. */
export interface ResultLimits {
  /** Text of one result. Default 4,000. */
  readonly maxResultBytes?: number;
  /** Titles, URLs and texts of all results together. Default 24,000. */
  readonly maxResponseBytes?: number;
}

export const DEFAULT_MAX_RESULT_BYTES = 4_000;
const DEFAULT_MAX_RESPONSE_BYTES = 24_000;
const MAX_TITLE_CHARACTERS = 300;
const MAX_URL_CHARACTERS = 2_000;
const WEB = ["http:", "https:"];
/** What results of the user's own documents may lead to. */
export const WEB_AND_FILES: readonly string[] = [...WEB, "file:"];
/** A rest of the response shorter than this is not worth a result of its own. */
const MIN_REST_BYTES = 200;
const MORE = " …";

/** What an engine read from a reply, before it is cleaned. */
export interface FoundResult {
  readonly title?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly text?: string | null | undefined;
  /** ISO date. */
  readonly date?: string | undefined;
}

/**
 * The last step of every engine: cleans the results, drops the empty and repeated ones, and keeps the best
 * `maxResults` within the byte limits. `nothing` when none is left. A URL of another scheme than `schemes` is dropped:
 * only an engine over the user's own documents may name files.
 */
export function toOutcome(
  found: readonly FoundResult[],
  maxResults: number,
  limits: ResultLimits = {},
  schemes: readonly string[] = WEB,
): SearchOutcome {
  const maxResultBytes = limits.maxResultBytes ?? DEFAULT_MAX_RESULT_BYTES;
  let rest = limits.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES;
  const results: SearchResult[] = [];
  const seen = new Set<string>();
  for (const { title: foundTitle, url: foundUrl, text: foundText, date } of found) {
    if (results.length === maxResults) break;
    const title = cutLine(cleanLine(foundTitle ?? ""));
    const url = safeUrl(foundUrl ?? "", schemes);
    const clean = cleanText(foundText ?? "");
    const key = `${url}\n${clean}`;
    if ((title === "" && clean.trim() === "") || seen.has(key)) continue;
    const room = rest - Buffer.byteLength(title + url);
    if (results.length > 0 && room < MIN_REST_BYTES && Buffer.byteLength(clean) > room) break;
    seen.add(key);
    const text = cutText(clean, Math.min(maxResultBytes, Math.max(room, 0)));
    rest = room - Buffer.byteLength(text);
    results.push({ title, url, text, ...(date === undefined ? {} : { date }) });
  }
  return results.length === 0 ? { status: "nothing" } : { status: "found", results };
}

/**
 * At most `maxBytes` of UTF-8, never half a character. Text that is cut ends with ` …`, after a sentence that ends in
 * the last third, or else a word in the last half.
 */
export function cutText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text);
  let end = Math.max(maxBytes - Buffer.byteLength(MORE), 0);
  while (end > 0 && ((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end--;
  const head = bytes.toString("utf8", 0, end);
  const kept = head
    .slice(0, lastEnd(head, /[.!?](?=\s)|[。！？\n]/gu, 2 / 3) ?? lastEnd(head, /\S(?=\s)/gu, 1 / 2))
    .trimEnd();
  return kept === "" ? "" : kept + MORE;
}

/** Where the last match ends, if that is behind the given part of the text. */
function lastEnd(text: string, pattern: RegExp, part: number): number | undefined {
  const start = Math.floor(text.length * part);
  const last = [...text.slice(start).matchAll(pattern)].at(-1);
  return last === undefined ? undefined : start + last.index + last[0].length;
}

function cutLine(line: string): string {
  if (line.length <= MAX_TITLE_CHARACTERS) return line;
  return `${cleanLine(line.slice(0, MAX_TITLE_CHARACTERS - 1))}…`;
}

/** The URL as it was written when it is a plain one, else as the URL standard writes it; empty when unusable. */
function safeUrl(url: string, schemes: readonly string[]): string {
  const written = url.trim();
  if (!URL.canParse(written)) return "";
  const parsed = new URL(written);
  if (!schemes.includes(parsed.protocol)) return "";
  const safe = cleanLine(written) === written && !/[\s<>"]/u.test(written) ? written : parsed.href;
  return safe.length > MAX_URL_CHARACTERS ? "" : safe;
}
