import { createSourceFinder } from "../../citation/check.ts";
import { supportHeadline } from "../../citation/support/note.ts";
import { scan, SCAN_START } from "../../citation/scan.ts";
import { createWrittenAnswer, plainly } from "../../citation/written-answer.ts";
import { createNumbering } from "../../graph/sources.ts";
import type { Citation } from "../../graph/citation.ts";
import type { Source } from "../../graph/state.ts";
import type { SearchResult } from "../../search/engine.ts";
import type { Finding } from "./state.ts";

export interface Merged {
  /** How many sentences are not supported, or have no source; empty where all are. */
  readonly note: string;
  readonly answer: string;
  readonly answered: boolean;
  readonly citations: Citation[];
  readonly uncited: string[];
  readonly sources: Source[];
  /** Questions of the parts without an answer. */
  readonly unanswered: string[];
}

/**
 * The findings as one answer, a section for each part in the order of the parts. Sources are numbered anew, so that one
 * number is one address over all researchers, and every mark and citation takes the new number. A mark that its
 * researcher did not retrieve has no number, and is not linked. Says first what has no answer.
 */
export function mergeFindings(findings: readonly Finding[]): Merged {
  const ordered = [...findings].sort((left, right) => left.number - right.number);
  const numbering = createNumbering([], { refer: false });
  const sections: string[] = [];
  const citations: Citation[] = [];
  for (const { question, answer, sources, citations: cited } of ordered) {
    const places = new Map<number, Pick<Source, "number" | "url">>();
    for (const source of sources) {
      const { number, url } = numbering.number(foundAgain(source));
      places.set(source.number, { number, url });
    }
    const text = renumbered(answer, places, sources);
    sections.push(ordered.length === 1 ? text : `## ${headingOf(question)}\n\n${text}`);
    citations.push(
      ...cited.map((citation) => {
        const place = citation.number === null ? undefined : places.get(citation.number);
        return { ...citation, number: citation.known ? (place?.number ?? null) : null };
      }),
    );
  }
  const unanswered = ordered.filter(({ answered }) => !answered).map(({ question }) => question);
  const answered = unanswered.length < ordered.length;
  const notice = ordered.length > 1 ? noticeOf(unanswered, answered) : [];
  const uncited = ordered.flatMap(({ uncited: some }) => some);
  return {
    note: answered ? supportHeadline(citations, uncited) : "",
    answer: [...notice, ...sections].join("\n\n"),
    answered,
    citations,
    uncited,
    sources: numbering.added,
    unanswered,
  };
}

/** A checked answer with other numbers; a code block that it leaves open is closed, so that nothing behind it is code. */
function renumbered(
  answer: string,
  places: ReadonlyMap<number, Pick<Source, "number" | "url">>,
  sources: readonly Source[],
): string {
  const find = createSourceFinder(sources);
  const { pieces, state } = scan(answer, SCAN_START, true);
  const written = createWrittenAnswer((number, url) => {
    if (number !== null) return places.get(number);
    return find(null, url)?.quoted === true ? "kept" : undefined;
  });
  written.write(answer, pieces);
  const { fence } = state;
  const closing = fence === null ? "" : `\n${" ".repeat(fence.indent)}${fence.sign.repeat(fence.length)}`;
  return written.take() + closing;
}

function foundAgain({ title, url, text, date }: Source): SearchResult {
  return { title, url, text, ...(date !== undefined && { date }) };
}

/** On one line, as text. */
function headingOf(question: string): string {
  return plainly(question.replaceAll(/\s+/g, " "));
}

function noticeOf(unanswered: readonly string[], answered: boolean): readonly string[] {
  if (unanswered.length === 0) return [];
  const which = unanswered.map((question) => `- ${headingOf(question)}`).join("\n");
  return answered
    ? [`Not all of it could be answered. There is no answer to:\n\n${which}`]
    : ["There is no answer to any part of the question."];
}
