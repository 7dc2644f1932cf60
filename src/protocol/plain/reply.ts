import type { HeardResult, NumberedResult, QueryReply } from "../protocol.ts";

/** The reply to a call after the last one that was allowed. */
export const ANSWER_NOW =
  "No further search is possible. The answer has to be given now, from the information above.";

/** A document without a number. */
export type Document = Pick<NumberedResult, "title" | "text">;

/**
 * What a query is answered with where documents stand by themselves, as models saw them in training. A digest is one
 * document, titled with its query.
 */
export function replyText(
  { query, status, results, digest, reason }: QueryReply,
  documentsText: (results: readonly Document[]) => string,
  nothing = "Nothing was found.",
): string {
  switch (status) {
    case "found":
    case "repeated":
      if (digest !== undefined) return documentsText([{ title: query, text: digest }]);
      return results.length === 0 ? nothing : documentsText(results);
    case "nothing":
      return nothing;
    case "failed":
      return `The search failed: ${reason ?? "no reason given"}`;
    case "not-run":
      return "No further search is possible.";
  }
}

export function oneLine(text: string): string {
  // most are on one line already
  return (/[^\S ]| {2}/.test(text) ? text.replaceAll(/\s+/g, " ") : text).trim();
}

/** Numbers for documents that carry none: they are counted as the run does, by first appearance. */
export function numberedByTitle(
  documents: readonly Pick<HeardResult, "title" | "text">[],
): readonly HeardResult[] {
  const numbers = new Map<string, number>();
  return documents.map(({ title, text }) => {
    const number = numbers.get(title) ?? numbers.size + 1;
    numbers.set(title, number);
    return { number, title, text };
  });
}
