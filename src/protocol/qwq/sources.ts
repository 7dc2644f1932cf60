import { unmarkCitations } from "../neutralise.ts";
import { oneLine } from "../plain/reply.ts";
import type { HeardResult, NumberedResult } from "../protocol.ts";

const SHOWN_BEFORE = "(shown above)";

/** What stands for a text that an earlier source says as well. */
const SAME_TEXT = /^\((?:shown above|same text as source \d+)(?:, but for:\)\n|\)$)/;

/** What stands above a digest, and ends the heads of the sources that it was made of. */
const CONDENSED = "What these say on it, condensed:";

/** How the heads of sources look. */
export interface HeadForm {
  readonly boundary: string;
  /** They show the whole address where the model may open it; else the host. */
  readonly addresses: boolean;
}

/** A field that stands on one line of ours: it begins no other, and cites nothing. */
export function fieldLine(text: string): string {
  return unmarkCitations(oneLine(text));
}

/**
 * Sources as the model sees them: the number with the run's boundary, the host, the date and the title on one line, and
 * the text below. The model cites the number, so that no address has to be shown in full. Without a boundary only the
 * number and the title stand above the text: a page could write the rest as well.
 */
export function sourceTexts(results: readonly NumberedResult[], form: HeadForm): string {
  return results.map((result) => `${headOf(result, form)}\n${bodyOf(result, form.boundary)}`).join("\n\n");
}

/** The same sources in one line each, and what a model made of their texts; it may cite only these. */
export function digestText(results: readonly NumberedResult[], digest: string, form: HeadForm): string {
  const { boundary } = form;
  const ours = new Set(results.map(({ number }) => number));
  const cited = harmless(shortMarks(digest, boundary), boundary, (number) => ours.has(number));
  const heads = new Set(results.map((result) => headOf(result, form)));
  return `${[...heads].join("\n")}\n\n${CONDENSED}\n${cited}`;
}

function headOf(
  { number, title, url, date = "" }: NumberedResult,
  { boundary, addresses }: HeadForm,
): string {
  const place = (addresses && shownAddress(url)) || hostOf(url);
  const about = [`${number} ${boundary}`, place, date === "" ? "" : fieldLine(date).replaceAll(/[[\]]/g, "")];
  const inBrackets = boundary === "" ? [number] : about.filter((part) => part !== "");
  return `[${inBrackets.join(" ")}] ${fieldLine(title) || "Untitled"}`;
}

function bodyOf({ number, text, shownBefore, echo }: NumberedResult, boundary: string): string {
  if (shownBefore) return SHOWN_BEFORE;
  if (echo === undefined) return harmless(text, boundary);
  const told = echo.of === number ? "shown above" : `same text as source ${echo.of}`;
  return echo.rest === "" ? `(${told})` : `(${told}, but for:)\n${harmless(echo.rest, boundary)}`;
}

/** `[1 k7f3 …]`, which some models copy where they cite, as `[1]`. */
function shortMarks(text: string, boundary: string): string {
  return text.replaceAll(/\[(\d{1,4}) ([a-z0-9]{1,16})(?: [^\]\n]{0,400})?\]/g, (head, number: string, id) =>
    id === boundary ? `[${number}]` : head,
  );
}

/** An answer whose marks are copies of the heads above it, as it was meant. */
export function citedShort(answer: string, responses: readonly string[]): string {
  const [boundary] = responses.flatMap((body) => boundaryIn(body) ?? []);
  return boundary === undefined ? answer : shortMarks(answer, boundary);
}

/** Text of several lines, of which none can begin a source or cite one that is not ours. */
function harmless(text: string, boundary: string, isOurs?: (number: number) => boolean): string {
  const unheaded = text
    .trim()
    .replaceAll(/\[(?=\d+ ([a-z0-9]+))/g, (bracket, id) => (id === boundary ? "(" : bracket));
  return unmarkCitations(unheaded, isOurs);
}

/** Who says it: the host of a web address; empty for files and for what is none. */
function hostOf(url: string): string {
  try {
    return new URL(url).host.replace(/^www\./, "").replaceAll(/[[\]]/g, "");
  } catch {
    return "";
  }
}

/** The longest address that is worth its tokens, in UTF-16 units. */
const MAX_SHOWN_ADDRESS = 300;

/** A web address as the model can write it to open the page; empty for what is none, and for one that is too long. */
export function shownAddress(url: string): string {
  if (!URL.canParse(url)) return "";
  const parsed = new URL(url);
  if (!/^https?:$/.test(parsed.protocol) || parsed.username !== "" || parsed.password !== "") return "";
  parsed.hash = "";
  const address = parsed.href.replaceAll("[", "%5B").replaceAll("]", "%5D");
  return address.length > MAX_SHOWN_ADDRESS ? "" : address;
}

/** A line that begins a source. */
const HEAD_LINE = /^\[(?<number>\d+)(?: (?<boundary>[a-z0-9]+)(?: [^\]\n]*)?)?\] (?<title>.*)$/gm;

/** No text from outside stands above the first head of a response, so that one is true, and all others are like it. */
function boundaryIn(body: string): string | undefined {
  return [...body.matchAll(HEAD_LINE)][0]?.groups?.["boundary"];
}

/**
 * Reads the sources of one response back: those with the boundary of the first one. What is told of a text that stands above is left out.
 */
export function hearSources(body: string, afterword: RegExp): readonly HeardResult[] {
  const boundary = boundaryIn(body);
  const heads = [...body.matchAll(HEAD_LINE)].filter(({ groups }) => groups?.["boundary"] === boundary);
  return heads.flatMap((head, at) => {
    const end = heads[at + 1]?.index ?? body.length;
    const [text = ""] = body
      .slice(head.index + head[0].length, end)
      .trimEnd()
      .replace(afterword, "")
      .split(`\n\n${CONDENSED}\n`, 1);
    const told = text.trim().replace(SAME_TEXT, "");
    const { number, title = "" } = head.groups ?? {};
    return told === "" ? [] : [{ number: Number(number), title, text: told }];
  });
}
