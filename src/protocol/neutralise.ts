/** Characters that are not seen, and that a reader may skip: format characters, fillers, variation selectors. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** Ways to write one of the characters that tags are made of, as markup or source code would decode them. */
const ESCAPE =
  /&(?:amp;)*(?:lt|gt|vert|verbar|lowbar|sol|#0*(?:60|62|124|95|47)|#x0*(?:3c|3e|7c|5f|2f));|\\(?:u00|u\{0*|x)(?:3c|3e|7c|5f|2f)\}?|%(?:25)*(?:3c|3e|7c|5f|2f)/iy;

const ESCAPED: readonly (readonly [RegExp, string])[] = [
  [/lt;|60;|3c/i, "<"],
  [/gt;|62;|3e/i, ">"],
  [/vert;|verbar;|124;|7c/i, "|"],
  [/lowbar;|95;|5f/i, "_"],
  [/sol;|47;|2f/i, "/"],
];

/** Any control token of the `<|name|>` kind, whatever tokenizer it belongs to. */
const CONTROL_TOKEN = String.raw`<\|[^<>|\n]{1,64}\|>`;

/** After so many rounds of text nested in text every remaining `<` goes. */
const MAX_ROUNDS = 8;

/**
 * Makes text from outside unable to be read as a control token or as one of `tags` (names without brackets):
 * the brackets of each such piece become square ones. It is recognised through invisible characters, compatibility
 * forms (fullwidth brackets and bars), upper case, and entity, escape and percent encodings.
 *
 * To be applied last, to the assembled text: nothing may be joined, decoded or deleted afterwards. Text without
 * such pieces comes back as it is; the result is never longer; applying it again changes nothing.
 */
export function neutralise(text: string, tags: readonly string[]): string {
  const pattern = new RegExp(`${CONTROL_TOKEN}|</?[ \\t]*(?:${tags.join("|")})[ \\t]*/?>`, "g");
  let current = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = replaceOnce(current, pattern);
    if (next === current) return current;
    current = next;
  }
  return current.replaceAll(/[<＜﹤]/g, "[");
}

function replaceOnce(text: string, pattern: RegExp): string {
  if (!/[<＜﹤]|&(?:amp;)*(?:lt|#)|\\[ux]|%(?:25)*3c/i.test(text)) return text;
  const view = viewOf(text);
  const edits: { from: number; to: number; by: string }[] = [];
  for (const match of view.text.matchAll(pattern)) {
    for (const [at, by] of [
      [match.index, "["],
      [match.index + match[0].length - 1, "]"],
    ] as const) {
      edits.push({ from: view.starts[at] ?? 0, to: view.ends[at] ?? 0, by });
    }
  }
  let out = "";
  let last = 0;
  for (const edit of edits) {
    out += text.slice(last, edit.from) + edit.by;
    last = edit.to;
  }
  return out + text.slice(last);
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
    ESCAPE.lastIndex = at;
    const escape = ESCAPE.exec(text)?.[0];
    const decoded = escape === undefined ? undefined : ESCAPED.find(([form]) => form.test(escape));
    if (escape !== undefined && decoded !== undefined) return [decoded[1], escape.length];
  }
  if (unit < 0x80) return [text.charAt(at).toLowerCase(), 1];
  const point = String.fromCodePoint(text.codePointAt(at) ?? unit);
  return [INVISIBLE.test(point) ? "" : point.normalize("NFKC").toLowerCase(), point.length];
}

/**
 * Takes the power of a citation from `[7]` in retrieved text: it becomes `(7)`. An index in source code, which
 * follows a name or a bracket (`a[7]`), stays.
 */
export function unmarkCitations(text: string): string {
  return text.replaceAll(/(?<![\w)\]])\[(\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*)\]/g, "($1)");
}
