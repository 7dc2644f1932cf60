import type { Fence, Position } from "./turn-state.ts";

/** A code span ends on the line where it begins, within so many UTF-16 units. */
const MAX_SPAN = 1000;

/** What a run of backticks or tildes at the beginning of a text is; `undefined` while too little of the line is known. */
export type CodeMark =
  | { readonly type: "text"; readonly length: number; readonly isOpen?: boolean }
  /** A span, or what is left of the text where it is cut. */
  | { readonly type: "span"; readonly length: number }
  | { readonly type: "fence"; readonly length: number; readonly fence: Fence };

/** What may stand before a fence on its line: the marks of quotations and of items of a list. */
const PREFIX = /(?:^|\n)[ \t]*(?:(?:>|[-*+•][ \t]|\d{1,3}[.)][ \t])[ \t]*)+$/;

/**
 * @param place where the run stands
 * @param ended nothing comes behind the text
 */
export function codeMark(
  text: string,
  { lineText, tail }: Pick<Position, "lineText" | "tail">,
  ended: boolean,
): CodeMark | undefined {
  const atLineStart = !lineText || PREFIX.test(tail);
  const [run = ""] = /^(?:`+|~+)/.exec(text) ?? [];
  if (run.length === text.length && !ended) return undefined;
  const newline = text.indexOf("\n");
  const line = newline < 0 ? text : text.slice(0, newline);
  const mark = run.charAt(0);
  if (atLineStart && run.length >= 3 && (mark === "~" || !line.slice(run.length).includes("`"))) {
    const quoted = lineText && tail.slice(tail.lastIndexOf("\n") + 1).includes(">");
    if (newline >= 0)
      return { type: "fence", length: newline + 1, fence: { mark, length: run.length, quoted } };
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

/** What comes next within a fence. */
export interface FenceLine {
  /** `outside`: what no fence holds, such as a response of the runtime; `close`: the end of the fence. */
  readonly type: "text" | "close" | "outside";
  readonly length: number;
}

/**
 * The next line of a fence, or what there is of it; `undefined` while too little of it is known.
 *
 * @param response the opening tag of what the runtime splices behind a call
 */
export function fenceLine(
  text: string,
  { lineText, fence, afterCall }: Pick<Position, "lineText" | "fence" | "afterCall">,
  response: string,
  ended: boolean,
): FenceLine | undefined {
  const newline = text.indexOf("\n");
  const line = newline < 0 ? text : text.slice(0, newline);
  const length = newline < 0 ? text.length : newline + 1;
  if (lineText || fence === null) return { type: "text", length };
  const start = line.trimStart();
  if (afterCall && start.startsWith(response)) return { type: "outside", length: 0 };
  const mayBeMore = (afterCall && response.startsWith(start)) || /^[ \t>]*[`~]*[ \t]*$/.test(line);
  if (mayBeMore && newline < 0 && !ended) return undefined;
  if (fence.quoted && !start.startsWith(">")) return { type: "outside", length: 0 };
  const mark = fence.quoted ? line.replace(/^[ \t>]+/, "").trim() : line.trim();
  const isClose = mark.length >= fence.length && mark === fence.mark.repeat(mark.length);
  return isClose ? { type: "close", length: line.length } : { type: "text", length };
}
