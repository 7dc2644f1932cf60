/** What stands for the text that was left out. */
const LEFT_OUT = " … (the rest was left out to save room)";

/** Puts words in place of what stands between two tags, with the line breaks there; text without the tags stays. */
export function replaceBetween(
  { open, close }: { readonly open: string; readonly close: string },
  text: string,
  words: string,
): string {
  const start = text.indexOf(open) + open.length;
  const end = text.lastIndexOf(close);
  if (start < open.length || end < start) return text;
  const body = text.slice(start, end);
  const [before = ""] = /^\n*/.exec(body) ?? [];
  const [behind = ""] = /\n*$/.exec(body.slice(before.length)) ?? [];
  return `${text.slice(0, start)}${before}${words}${behind}${text.slice(end)}`;
}

/** Cuts what stands between two tags to a length, in UTF-16 units; text without the tags comes back as it is. */
export function condenseBetween(
  { open, close }: { readonly open: string; readonly close: string },
  text: string,
  maxLength: number,
): string {
  const start = text.indexOf(open) + open.length;
  const end = text.lastIndexOf(close);
  if (start < open.length || end < start || end - start <= maxLength + LEFT_OUT.length) return text;
  const kept = text.slice(start, start + maxLength).replace(/[\uD800-\uDBFF]$/, "");
  return `${text.slice(0, start)}${kept}${LEFT_OUT}\n${text.slice(end)}`;
}
