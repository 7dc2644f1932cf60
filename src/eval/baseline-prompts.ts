/** A source that one search found, by its number. */
export interface BaselineSource {
  readonly number: number;
  readonly title: string;
  readonly text: string;
}

/** What a model is asked that may not search: the question, and what day it is. */
export function directPrompt(question: string, date: string): string {
  return `Today is ${date}. Answer the question. If you do not know, say so.\n\nQuestion: ${question}`;
}

/** What a model is asked that is given the results of one search for the question. The texts are as they shall be shown. */
export function oneShotPrompt(question: string, date: string, sources: readonly BaselineSource[]): string {
  const shown = sources.map(({ number, title, text }) => `[${number}] ${title}\n${text}`).join("\n\n");
  return `Today is ${date}. Answer the question from the search results below, and cite each by its number, as in [1]. If they do not hold the answer, say so.

Search results:

${shown === "" ? "Nothing was found." : shown}

Question: ${question}`;
}
