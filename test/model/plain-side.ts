import type { HeardResult, ModelSide } from "../../src/turn.ts";

export interface PlainDocument {
  readonly title: string;
  readonly text: string;
}

/** A protocol as simple as can be: `<search>query</search>`, answered by `<found>` with one JSON object in a line. */
export const plainSide: ModelSide = {
  question: (messages) => messages.findLast(({ role }) => role === "user")?.content ?? "",
  results: (continuation) =>
    [...continuation.matchAll(/^\{"number".*\}$/gm)].map(([line]) => JSON.parse(line) as HeardResult),
  searchesLeft: (continuation) => {
    const left = [...continuation.matchAll(/^left: (\d+)$/gm)].at(-1)?.[1];
    return left === undefined ? null : Number(left);
  },
  call: (query) => `<search>${query}</search>`,
  answer: (text) => `\n</think>\n\n${text}`,
};

/** The text that answers a call. */
export function plainResponse(results: readonly HeardResult[], searchesLeft: number): string {
  const lines = results.map((result) => JSON.stringify(result));
  return `\n<found>\n${[...lines, `left: ${searchesLeft}`].join("\n")}\n</found>\n`;
}
