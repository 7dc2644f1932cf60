/** A code fence that is open. */
export interface Fence {
  readonly mark: string;
  readonly length: number;
}

/** A code span ends on the line where it begins, within so many UTF-16 units. */
const MAX_SPAN = 1000;

/** What a run of backticks or tildes at the beginning of a text is; `undefined` while too little of the line is known. */
export type CodeMark =
  | { readonly type: "text"; readonly length: number; readonly isOpen?: boolean }
  /** A span, or what is left of the text where it is cut. */
  | { readonly type: "span"; readonly length: number }
  | { readonly type: "fence"; readonly length: number; readonly fence: Fence };

/**
 * @param atLineStart only white space stands before it on its line
 * @param ended nothing comes behind the text
 */
export function codeMark(text: string, atLineStart: boolean, ended: boolean): CodeMark | undefined {
  const [run = ""] = /^(?:`+|~+)/.exec(text) ?? [];
  if (run.length === text.length && !ended) return undefined;
  const newline = text.indexOf("\n");
  const line = newline < 0 ? text : text.slice(0, newline);
  const mark = run.charAt(0);
  if (atLineStart && run.length >= 3 && (mark === "~" || !line.slice(run.length).includes("`"))) {
    if (newline >= 0) return { type: "fence", length: newline + 1, fence: { mark, length: run.length } };
    if (!ended && line.length < MAX_SPAN) return undefined;
    if (ended) return { type: "text", length: text.length };
  }
  if (mark === "~") return { type: "text", length: run.length };
  const isCut = newline < 0 && !ended && line.length <= MAX_SPAN;
  const close = spanEnd(line.slice(0, MAX_SPAN), run.length);
  if (close >= 0 && !(isCut && close === line.length)) return { type: "span", length: close };
  if (isCut) return undefined;
  return { type: "text", length: run.length, isOpen: newline < 0 && line.length <= MAX_SPAN };
}

/** Index behind the run of exactly so many backticks that closes a span; -1 where none does. */
function spanEnd(line: string, length: number): number {
  for (const { 0: run, index } of line.slice(length).matchAll(/`+/g)) {
    if (run.length === length) return length + index + run.length;
  }
  return -1;
}

/** Whether a line, without its break, closes a fence. */
export function closesFence(line: string, { mark, length }: Fence): boolean {
  const text = line.trim();
  return text.length >= length && text === mark.repeat(text.length);
}
