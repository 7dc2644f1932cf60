/** Whether a reply goes on where the text before it ended. */
export type Verdict = "yes" | "no" | "unclear";

/** A text that ends within a word or a list, so that what goes on and what begins anew begin differently. */
export interface Sequence {
  /** What a user asks for to get it. */
  readonly question: string;
  readonly before: string;
  readonly next: RegExp;
  /** A word that comes soon, and is taken as a stop string. */
  readonly stop: string;
}

export const WEEKDAYS: Sequence = {
  question: "Write the days of the week from Monday to Sunday, with commas between them.",
  before: "Monday, Tuesday, Wednesday, Thur",
  next: /^\s?(?:s?day\b|s?,)/i,
  stop: "Saturday",
};

/** Within the reasoning, where a chat template may leave out what it is given. */
export const MONTHS: Sequence = {
  question: "Write the months of the year, with commas between them.",
  before: "<think>\nThe months of the year are January, February, March, Apr",
  next: /^\s?(?:il\b|,)/i,
  stop: "July",
};

/** So short that a chat template around it shows in the count of tokens. */
export const NUMBERS: Sequence = {
  question: "Count to ten.",
  before: "1, 2, 3",
  next: /^\s?,\s?4/,
  stop: "9",
};

/** A sentence, a list, a quotation, reasoning: none of them begins in the middle of a word. */
const ANEW = /^\s*(?:<think>|[*_`"'#>(-]*\s*[\p{Lu}\p{Lo}\d])/u;

/** What a reply to the end of `before` amounts to. One that repeats the given text has not simply gone on. */
export function judge({ before, next }: Sequence, reply: string): Verdict {
  if (reply.trimStart().startsWith(before)) return "no";
  if (next.test(reply)) return "yes";
  return ANEW.test(reply) ? "no" : "unclear";
}

/** Several verdicts as one: all have to say yes, one no is enough. */
export function together(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("no")) return "no";
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === "yes") ? "yes" : "unclear";
}

/** What became of a stop string. */
export type StopVerdict = "left out" | "included" | "ignored" | "unclear";

export function judgeStop({ stop }: Sequence, reply: string, stopped: boolean): StopVerdict {
  const at = reply.indexOf(stop);
  if (at < 0) return stopped && reply.trimEnd().endsWith(",") ? "left out" : "unclear";
  return reply.slice(at + stop.length).trim() === "" ? "included" : "ignored";
}
