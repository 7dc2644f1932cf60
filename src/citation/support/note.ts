import { plainLine } from "../plain-stream.ts";
import type { Check } from "./checks.ts";
import type { Support } from "./support.ts";

type Citation = Pick<Support, "verdict"> & {
  readonly checks: readonly Readonly<Check>[];
  readonly number: number | null;
  readonly sentence: string;
  readonly known: boolean;
};

/** A cited sentence that nothing which it cites stands behind. */
export interface UnsupportedSentence {
  readonly sentence: string;
  readonly numbers: readonly number[];
  /** What the checks found, in words. */
  readonly why: string;
}

/** The cited sentences that none of their sources supports, in the order of the answer, each once. */
export function unsupportedSentences(citations: readonly Citation[]): readonly UnsupportedSentence[] {
  return [...new Set(citations.map(({ sentence }) => sentence))].flatMap((sentence) => {
    const cited = citations.filter((citation) => citation.sentence === sentence);
    if (cited.some(({ verdict }) => verdict !== "unsupported")) return [];
    const numbers = cited.flatMap(({ number, known }) => (known && number !== null ? [number] : []));
    return [{ sentence, numbers: [...new Set(numbers)], why: reasonOf(cited) }];
  });
}

const REASONS: Readonly<Record<Check["check"], (words: string) => string>> = {
  quotes: (words) => `the source does not say ${words}`,
  figures: (words) => `${words} is not what the source gives`,
  names: (words) => `${words} is not in the source`,
  negation: () => "the source says that it is otherwise",
  comparison: () => "the source compares the other way",
  certainty: () => "the source is less certain",
  order: (words) => `who does what is not sure: ${words}`,
  subject: (words) => `the source does not name ${words}`,
  words: () => "the source says nothing of it",
};

function reasonOf(cited: readonly Citation[]): string {
  if (cited.every(({ known }) => !known)) return "what it cites was not found by this run";
  const failed = cited.flatMap(({ checks }) => checks).find(({ result }) => result === "fail");
  return failed === undefined ? "the source says nothing of it" : findingOf(failed);
}

/** What a check found that did not pass, in words. */
export function findingOf({ check, words }: Pick<Check, "check" | "words">): string {
  return REASONS[check](words.map((word) => `"${word}"`).join(", "));
}

/** The same in one line; empty where there is nothing to say. */
export function supportHeadline(citations: readonly Citation[], uncited: readonly string[]): string {
  const unsupported = unsupportedSentences(citations).length;
  const all = new Set(citations.map(({ sentence }) => sentence)).size;
  const said = [
    ...(unsupported > 0 ? [`${unsupported} of ${all} cited not supported by what they cite`] : []),
    ...(uncited.length > 0 ? [`${uncited.length} without a source`] : []),
  ];
  return said.length === 0 ? "" : `Sentences of this answer: ${said.join(", ")}.`;
}

/**
 * What stands above an answer that a program hands on whole: its sentences that are not supported, and those without a
 * source. Empty where all have one that stands behind them.
 */
export function supportNote(citations: readonly Citation[], uncited: readonly string[]): string {
  const notes = [unsupportedNote(citations), uncitedNote(uncited)];
  return notes.filter((note) => note !== "").join("\n\n");
}

function uncitedNote(uncited: readonly string[]): string {
  if (uncited.length === 0) return "";
  const list = uncited.map((sentence) => `- ${plainLine(sentence)}`);
  return `Without a source: ${uncited.length} ${uncited.length === 1 ? "sentence" : "sentences"}.\n${list.join("\n")}`;
}

function unsupportedNote(citations: readonly Citation[]): string {
  const unsupported = unsupportedSentences(citations);
  if (unsupported.length === 0) return "";
  const all = new Set(citations.map(({ sentence }) => sentence)).size;
  const list = unsupported.map(({ sentence, numbers, why }) => {
    const marks = numbers.map((number) => ` [${number}]`).join("");
    return `- ${plainLine(sentence)}${marks}: ${plainLine(why)}`;
  });
  return `Not supported by what is cited: ${unsupported.length} of ${all} cited ${all === 1 ? "sentence" : "sentences"}.\n${list.join("\n")}`;
}
