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
  /\[(?<text>\[?[^[\]\n]{1,500}\]?)\]\(<?(?<target>[^()\s<>]{1,2000}(?:\([^()\s<>]{0,500}\)[^()\s<>]{0,500})?)>?(?:\s+"[^"\n]{0,500}")?\)|[[【](?<numbers>\d{1,4}(?:\s*[,;]\s*\d{1,4})*)[\]】]/uy;
const LINK_BEGUN =
  /\[\[?[^[\]\n]{0,500}(?:\]{1,2}(?:\(<?[^()\s<>]{0,2000}(?:\([^()\s<>]{0,500}(?:\)[^()\s<>]{0,500})?)?>?(?:\s+(?:"[^"\n]{0,500}"?)?)?)?)?$|[[【][\d\s,;]{0,500}$/uy;

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
  const groups = readAt(LINK, LINK_BEGUN, text, at, final);
  if (groups === undefined || groups === "undecided") return groups;
  const { text: words, target, numbers = "" } = groups;
  const end = LINK.lastIndex;
  return words !== undefined && target !== undefined
    ? linkOrNumber(at, end, words, target)
    : { kind: "numbers", start: at, end, numbers: numbers.split(/[,;]/).map(Number) };
}

export function urlAt(text: string, at: number, before: string, final: boolean): Found {
  const groups = readAt(URL_TEXT, URL_BEGUN, text, at, final);
  if (groups === undefined || groups === "undecided") return groups;
  const { url = "" } = groups;
  if (/^www/i.test(url) && /\w/.test(before)) return undefined;
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

/** An address without the sentence's signs behind it; a closing bracket belongs to it when it was opened in it. */
function withoutPunctuation(url: string): string {
  const bare = url.replace(/[.,;:!?'"]+$/, "");
  const opened = bare.split("(").length;
  const closed = bare.split(")").length;
  return bare.endsWith(")") && closed > opened ? withoutPunctuation(bare.slice(0, -1)) : bare;
}

/** `[[3]](url)` and `[3](url)` are marks of source 3, wherever they point. */
function linkOrNumber(start: number, end: number, text: string, url: string): Mark {
  const digits = /^\[?(\d{1,4})\]?$/.exec(text)?.[1];
  return digits === undefined
    ? { kind: "link", start, end, text: text.replaceAll(/[[\]]/g, ""), url }
    : { kind: "numbers", start, end, numbers: [Number(digits)] };
}
