import { CITATION_MARK, citedNumbers, RAISED_MARK } from "../text/citation-marks.ts";

interface Place {
  readonly start: number;
  readonly end: number;
}

/** A citation as it stands in an answer, or what else a reader of Markdown would not take for text. */
export type Mark =
  | (Place & { readonly kind: "numbers"; readonly numbers: readonly number[] })
  | (Place & { readonly kind: "link"; readonly text: string; readonly url: string })
  | (Place & { readonly kind: "image"; readonly text: string })
  | (Place & { readonly kind: "url"; readonly url: string })
  /** HTML and unpaired signs; `text` is what stands for it. */
  | (Place & { readonly kind: "markup"; readonly text: string });

type Found = Mark | "undecided" | undefined;

// Every part of these is bounded or free of ambiguity: matching is linear. The second of each pair is a beginning of
// the first, up to the end of the text: what follows decides what it is.

const IMAGE = /!\[(?<alt>[^\]\n]{0,500})\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])/uy;
const IMAGE_BEGUN = /!(?:\[[^\]\n]{0,500}(?:\](?:\([^)\n]{0,2000}|\[[^\]\n]{0,200})?)?)?$/uy;

const LINK =
  /\[(?<text>\[?[^[\]\n]{1,500}\]?)\]\(<?(?<target>[^()\s<>]{1,2000}(?:\([^()\s<>]{0,500}\)[^()\s<>]{0,500})?)>?(?:\s+"[^"\n]{0,500}")?\)/uy;
const LINK_BEGUN =
  /\[\[?[^[\]\n]{0,500}(?:\]{1,2}(?:\(<?[^()\s<>]{0,2000}(?:\([^()\s<>]{0,500}(?:\)[^()\s<>]{0,500})?)?>?(?:\s+(?:"[^"\n]{0,500}"?)?)?)?)?$/uy;

/** The beginning of a link is no longer. */
const MAX_LINK_TEXT = 506;
/** A mark as most are written. */
const NUMBER = /\[(\d{1,4})\](?!\])/y;
const NUMBERS = new RegExp(CITATION_MARK, "iuy");
const NUMBERS_BEGUN = /[［【][^\]］】\n]{0,200}$/uy;
const CITED = new RegExp(`^${CITATION_MARK}$`, "iu");

const RAISED = new RegExp(RAISED_MARK, "iuy");
const RAISED_BEGUN = /<(?:s(?:u(?:p(?:>[^<\n]{0,200}(?:<(?:\/(?:s(?:u(?:p)?)?)?)?)?)?)?)?)?$/iuy;
/** What a raised number behind it is a power or a unit of: a digit, `m`, `km`. */
const BASE = /(?:\d|(?:^|[^\p{L}])\p{L}{1,2})$/u;

/** Addresses as far as a reader of Markdown links them; a `|` would divide one in a table. */
const URL_TEXT = /<?(?<url>(?:(?:https?|ftp):\/\/|www\.)[^\s<>[\]"'`|\\，。；、）】]{1,2000})>?/iuy;
const URL_BEGUN =
  /<?(?:h(?:t(?:t(?:ps?(?::\/?)?)?)?)?|f(?:t(?:p(?::\/?)?)?)?|w{1,3}|(?:(?:https?|ftp):\/\/|www\.)[^\s<>[\]"'`|\\，。；、）】]{0,2000})$/iuy;

export function imageAt(text: string, at: number, final: boolean): Found {
  const groups = readAt(IMAGE, IMAGE_BEGUN, text, at, final);
  if (groups === undefined || groups === "undecided") return groups;
  return { kind: "image", start: at, end: IMAGE.lastIndex, text: groups["alt"] ?? "" };
}

export function linkAt(text: string, at: number, final: boolean): Found {
  const isNoLink = final && !text.slice(at, at + MAX_LINK_TEXT).includes("](");
  const groups = isNoLink ? undefined : readAt(LINK, LINK_BEGUN, text, at, final);
  if (groups === "undecided") return groups;
  NUMBER.lastIndex = at;
  const number = groups === undefined ? NUMBER.exec(text)?.[1] : undefined;
  if (number !== undefined)
    return { kind: "numbers", start: at, end: NUMBER.lastIndex, numbers: [Number(number)] };
  if (groups === undefined) return numbersAt(NUMBERS, NUMBERS_BEGUN, text, at, final);
  const { text: words = "", target = "" } = groups;
  return linkOrNumber(at, LINK.lastIndex, words, target);
}

/** `before` is what stands before the mark, three characters of it. */
export function raisedAt(text: string, at: number, before: string, final: boolean): Found {
  return BASE.test(before) ? undefined : numbersAt(RAISED, RAISED_BEGUN, text, at, final);
}

function numbersAt(whole: RegExp, begun: RegExp, text: string, at: number, final: boolean): Found {
  const groups = readAt(whole, begun, text, at, final);
  if (groups === undefined || groups === "undecided") return groups;
  const end = whole.lastIndex;
  const numbers = citedNumbers(groups["items"] ?? "");
  return numbers === undefined ? undefined : { kind: "numbers", start: at, end, numbers };
}

export function urlAt(text: string, at: number, before: string, final: boolean): Found {
  const groups = readAt(URL_TEXT, URL_BEGUN, text, at, final);
  if (groups === undefined || groups === "undecided") return groups;
  const { url = "" } = groups;
  if (/^www/i.test(url) && /[a-z\d]/i.test(before)) return undefined;
  const bare = withoutPunctuation(url);
  const opens = text.charAt(at) === "<" ? 1 : 0;
  const closes = opens === 1 && text.charAt(URL_TEXT.lastIndex - 1) === ">" && bare === url;
  // an address in brackets goes with them
  return {
    kind: "url",
    start: closes ? at : at + opens,
    end: closes ? URL_TEXT.lastIndex : at + opens + bare.length,
    url: bare,
  };
}

function readAt(
  whole: RegExp,
  begun: RegExp,
  text: string,
  at: number,
  final: boolean,
): Readonly<Record<string, string | undefined>> | "undecided" | undefined {
  begun.lastIndex = at;
  if (!final && begun.test(text)) return "undecided";
  whole.lastIndex = at;
  return whole.exec(text)?.groups;
}

/** An address without the signs of a sentence and of emphasis behind it; a closing bracket belongs to it when it was opened in it. */
function withoutPunctuation(url: string): string {
  const bare = url.replace(/[.,;:!?'"*]+$/, "");
  const opened = bare.split("(").length;
  const closed = bare.split(")").length;
  return bare.endsWith(")") && closed > opened ? withoutPunctuation(bare.slice(0, -1)) : bare;
}

/** `[[3]](url)`, `[3](url)` and `[^3](url)` are marks of source 3, wherever they point. */
function linkOrNumber(start: number, end: number, text: string, url: string): Mark {
  const inner = text.replaceAll(/[[\]]/g, "");
  const items = CITED.exec(`[${inner}]`)?.groups?.["items"];
  const numbers = items === undefined ? undefined : citedNumbers(items);
  return numbers === undefined
    ? { kind: "link", start, end, text: inner, url }
    : { kind: "numbers", start, end, numbers };
}
