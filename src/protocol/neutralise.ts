import { CITATION_MARK, citedNumbers, RAISED_MARK } from "../text/citation-marks.ts";

/** Characters that are not seen, and that a reader may skip: format characters, fillers, variation selectors. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** An ASCII character as HTML, source code or a URL would write it; the digits, or the name, are captured. */
const ESCAPE =
  /&(?:amp;)*(?:#0*(?<decimal>\d{2,3})(?!\d)|#x0*(?<hex>[\da-f]{2})(?![\da-f])|(?<name>lt|gt|vert|verbar|lowbar|sol|lsqb|lbrack|rsqb|rbrack));?|\\(?:u00|u\{0*|x)(?<source>[\da-f]{2})\}?|%(?:25)*(?<url>[\da-f]{2})/iy;

const NAMED: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  vert: "|",
  verbar: "|",
  lowbar: "_",
  sol: "/",
  lsqb: "[",
  lbrack: "[",
  rsqb: "]",
  rbrack: "]",
};

/** Any control token of the `<|name|>` kind, whatever tokenizer it belongs to, and those that tokenizers only number. */
const CONTROL_TOKEN = String.raw`<\|[^<>|\s]{1,64}\|>|<(?:unused|special|reserved|extra_id)_?\d{1,5}>|\[(?:unused_token|control)_\d{1,5}\]`;

/** What becomes of the first and the last character of a token. */
const BROKEN: Readonly<Record<string, string>> = {
  "<": "[",
  ">": "]",
  "[": "(",
  "]": ")",
  "|": "!",
  "/": "-",
};

/**
 * Makes text from outside unable to be read as a control token or as one of `tags` (names without brackets):
 * the brackets of each such piece become square ones, or round ones where they were square. It is recognised through
 * invisible characters, compatibility forms (fullwidth brackets and bars), upper case, and entity, escape and percent
 * encodings.
 *
 * To be applied last, to the assembled text: nothing may be joined, decoded or deleted afterwards. Text without
 * such pieces comes back as it is; the result is never longer; applying it again changes nothing.
 *
 * @param controlTokens what else the model's tokenizer reads as a token. Default: none but `<|name|>`, which never passes.
 */
export function neutralise(
  text: string,
  tags: readonly string[],
  controlTokens: readonly string[] = NONE,
): string {
  const pattern = patternFor(tags, controlTokens);
  let current = text;
  // a tag within a control token hides it, so there is more than one round; each leaves fewer brackets
  for (;;) {
    const next = replaceOnce(current, pattern);
    if (next === current) return current;
    current = next;
  }
}

const NONE: readonly string[] = [];

/** By tags: one of a hundred tokens takes longer to make than a page to read. */
type Patterns = Map<string, RegExp>;

/** Of lists of control tokens, and of what stands in them: each question has a list of its own, with the same tokens. */
const ofLists = new WeakMap<readonly string[], Patterns>();
const ofTokens = new Map<string, Patterns>();

/** No process asks more models, as a rule. */
const MAX_KNOWN = 32;

function patternsOf(controlTokens: readonly string[]): Patterns {
  const known = ofLists.get(controlTokens);
  if (known !== undefined) return known;
  const tokens = JSON.stringify(controlTokens);
  const equal = ofTokens.get(tokens) ?? new Map<string, RegExp>();
  if (ofTokens.size >= MAX_KNOWN) ofTokens.clear();
  ofTokens.set(tokens, equal);
  ofLists.set(controlTokens, equal);
  return equal;
}

/** Matches a text as it is seen: in lower case, compatibility forms folded. */
function patternFor(tags: readonly string[], controlTokens: readonly string[]): RegExp {
  const known = patternsOf(controlTokens);
  const names = tags.join("|");
  const pattern = known.get(names) ?? makePattern(names, controlTokens);
  known.set(names, pattern);
  return pattern;
}

function makePattern(names: string, controlTokens: readonly string[]): RegExp {
  const seen = controlTokens.map((token) => viewOf(token.trim()).text);
  const literal = [...new Set(seen)]
    .filter((token) => token.length > 2 && Object.hasOwn(BROKEN, token.charAt(0)))
    .sort((a, b) => b.length - a.length)
    .map((token) => token.replaceAll(/[|/\\{}()[\]^$+*?.]/g, String.raw`\$&`));
  const tag = `</?[ \\t]*(?:${names})[ \\t]*/?>`;
  return new RegExp([CONTROL_TOKEN, tag, ...literal].join("|"), "g");
}

function replaceOnce(text: string, pattern: RegExp): string {
  if (seenIn(text).search(pattern) < 0) return text;
  const view = viewOf(text);
  const parts: string[] = [];
  let last = 0;
  for (const match of view.text.matchAll(pattern)) {
    const open = match.index;
    const close = open + match[0].length - 1;
    const opening = match[0].charAt(0);
    const closing = match[0].charAt(match[0].length - 1);
    parts.push(
      text.slice(last, view.starts[open]),
      BROKEN[opening] ?? opening,
      text.slice(view.ends[open], view.starts[close]),
      BROKEN[closing] ?? text.slice(view.starts[close], view.ends[close]),
    );
    last = view.ends[close] ?? last;
  }
  return parts.join("") + text.slice(last);
}

/** What is seen otherwise than it is written, but for the case of ASCII letters. */
const SEEN_OTHERWISE = new RegExp(
  String.raw`${ESCAPE.source}|[\ud800-\udbff][\udc00-\udfff]|[^\x00-\x7f]`,
  "gi",
);

/** The text of a view, without the places in the original: most texts hold nothing that has to be found there. */
function seenIn(text: string): string {
  const seen = text.replaceAll(SEEN_OTHERWISE, (written) => {
    const [one, length] = seenAt(written, 0);
    return length === written.length ? one : written;
  });
  return seen.toLowerCase();
}

interface View {
  /** The text as a careless reader would see it. */
  readonly text: string;
  /** Where each UTF-16 unit of `text` starts and ends in the original. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

function viewOf(text: string): View {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  while (at < text.length) {
    const [seen, length] = seenAt(text, at);
    for (let unit = 0; unit < seen.length; unit += 1) {
      starts.push(at);
      ends.push(at + length);
    }
    parts.push(seen);
    at += length;
  }
  return { text: parts.join(""), starts, ends };
}

/** What is seen at an index, and how many UTF-16 units of the original it takes. */
function seenAt(text: string, at: number): readonly [string, number] {
  const unit = text.charCodeAt(at);
  if (unit === 0x26 || unit === 0x5c || unit === 0x25) {
    const escape = escapeAt(text, at);
    if (escape !== undefined) return escape;
  }
  if (unit < 0x80) return [text.charAt(at).toLowerCase(), 1];
  const point = String.fromCodePoint(text.codePointAt(at) ?? unit);
  return [INVISIBLE.test(point) ? "" : point.normalize("NFKC").toLowerCase(), point.length];
}

function escapeAt(text: string, at: number): readonly [string, number] | undefined {
  ESCAPE.lastIndex = at;
  const match = ESCAPE.exec(text);
  if (match === null) return undefined;
  const { name, decimal, hex = match.groups?.["source"] ?? match.groups?.["url"] } = match.groups ?? {};
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  const seen = name === undefined ? String.fromCharCode(code) : NAMED[name.toLowerCase()];
  const isPrintable = seen !== undefined && seen >= " " && seen <= "~";
  return isPrintable ? [seen.toLowerCase(), match[0].length] : undefined;
}

/** A text without half characters: each lone surrogate is replaced. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, "\u{fffd}");
}

/** What each of them begins with. */
const MARK_BEGUN = /[[［【<]/;
const MARKS = new RegExp(`${CITATION_MARK}|${RAISED_MARK.replaceAll("(?<", "(?<raised_")}`, "giu");

/**
 * Takes the power of a citation from `[7]`, `[^7]`, `【7†source】`, `[Source 7]` and their kin in text from outside: a
 * space before what closes it makes `[7 ]` of it, which no reader takes for one, and which still is an index (`a[7 ]`),
 * a list or a footnote. Applying it again changes nothing; all other text stays as it is.
 *
 * @param isOurs tells of numbers that may be cited in this text: such a mark stays.
 */
export function unmarkCitations(text: string, isOurs: (number: number) => boolean = () => false): string {
  if (!MARK_BEGUN.test(text)) return text;
  let out = "";
  let last = 0;
  for (const { 0: mark, index, groups = {} } of text.matchAll(MARKS)) {
    const items = groups["items"] ?? groups["raised_items"] ?? "";
    const close = groups["close"] ?? groups["raised_close"] ?? "";
    if (citedNumbers(items)?.every(isOurs) ?? true) continue;
    const end = index + mark.length - close.length;
    out += `${text.slice(last, end)} `;
    last = end;
  }
  return out + text.slice(last);
}
