/** A citation as it stands in an answer. */
export type Mark =
  | {
      readonly kind: "numbers";
      readonly start: number;
      readonly end: number;
      readonly numbers: readonly number[];
    }
  | {
      readonly kind: "link";
      readonly start: number;
      readonly end: number;
      readonly text: string;
      readonly url: string;
    }
  | { readonly kind: "image"; readonly start: number; readonly end: number; readonly text: string }
  | { readonly kind: "url"; readonly start: number; readonly end: number; readonly url: string };

/**
 * Code first, so that nothing in it is taken for a mark; then images, links, numbers in brackets (also fullwidth
 * ones), autolinks and bare addresses. Every part is bounded or free of ambiguity: matching is linear.
 */
const PATTERN =
  /(?<code>```[\s\S]*?(?:```|$)|`[^`\n]{1,1000}`)|!\[(?<alt>[^\]\n]{0,500})\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])|\[(?<text>\[?[^[\]\n]{1,500}\]?)\]\(<?(?<target>[^()\s<>]{1,2000}(?:\([^()\s<>]{0,500}\)[^()\s<>]{0,500})?)>?(?:\s+"[^"\n]{0,500}")?\)|[[【](?<numbers>\d{1,4}(?:\s*[,;]\s*\d{1,4})*)[\]】]|<?(?<url>https?:\/\/[^\s<>[\]"'`，。；、）】]{1,2000})>?/gu;

/** The marks of an answer in the order in which they stand. */
export function findMarks(answer: string): readonly Mark[] {
  return [...answer.matchAll(PATTERN)].flatMap((match) => {
    const { alt, text, target, numbers, url } = match.groups ?? {};
    const start = match.index;
    const end = start + match[0].length;
    if (alt !== undefined) return [{ kind: "image", start, end, text: alt } as const];
    if (text !== undefined && target !== undefined) return [linkOrNumber(start, end, text, target)];
    if (numbers !== undefined) {
      return [{ kind: "numbers", start, end, numbers: numbers.split(/[,;]/).map(Number) } as const];
    }
    if (url === undefined) return [];
    const bare = withoutPunctuation(url);
    const opens = match[0].startsWith("<") ? 1 : 0;
    const closes = opens === 1 && match[0].endsWith(">") && bare === url;
    const from = closes ? start : start + opens;
    return [{ kind: "url", start: from, end: closes ? end : from + bare.length, url: bare } as const];
  });
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

/** The answer without its marks, as a later question's history shows it. */
export function withoutMarks(answer: string): string {
  let out = "";
  let last = 0;
  for (const mark of findMarks(answer)) {
    const kept =
      mark.kind === "link" || mark.kind === "image" ? mark.text : mark.kind === "url" ? mark.url : "";
    const before = answer.slice(last, mark.start);
    out += (kept === "" ? before.replace(/ $/, "") : before) + kept;
    last = mark.end;
  }
  return out + answer.slice(last);
}
