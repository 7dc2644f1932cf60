import { MemorySaver } from "@langchain/langgraph";
import { createAgenticRag } from "../../src/graph/graph.ts";
import type { ContinuationModel } from "../../src/model/model.ts";
import { QWQ_SAMPLING } from "../../src/model/sampling.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { indexDocuments } from "../../src/search/local/index-builder.ts";
import { createLocalEngine } from "../../src/search/local/local.ts";
import { ARTICLES, type Question } from "./real-questions.ts";

export const GREEDY = { ...QWQ_SAMPLING, temperature: 0 };

/**
 * Asks a model about the articles, as it was taught: two results a search. Its sources have the same head each time: with
 * another one it may draw other tokens.
 */
export async function askReal(model: ContinuationModel, question: string) {
  const { index } = await indexDocuments({ documents: ARTICLES, file: ":memory:" });
  const agent = createAgenticRag(
    { protocol: qwq, model, engine: createLocalEngine({ index }), boundary: () => "k7f3" },
    { checkpointer: new MemorySaver() },
  );
  const context = { maxSearches: 3, maxResults: 2, date: "2024-03-12", maxTokens: 400 };
  try {
    return await agent.invoke({ question }, { configurable: { thread_id: "1" }, context });
  } finally {
    index.close();
  }
}

/** The answer without its links. */
function wordsOf({ answer }: { readonly answer: string }): string {
  return answer.replaceAll(/\s*\[\[\d+\]\]\([^)]*\)/g, "").replace(/\.$/, "");
}

/** Whether a run has the answer, as many searches as it takes, and cites. */
export function isRight(run: Awaited<ReturnType<typeof askReal>>, { answer, searches }: Question): boolean {
  return wordsOf(run) === answer && run.searches === searches && run.citations.length > 0;
}

/**
 * Asks questions of one and of two searches in turn until five are answered right, and gives these. Not all of them have to be:
 * a processor may round another token into a reply.
 */
export async function askFive(
  model: ContinuationModel,
  questions: readonly Question[],
): Promise<readonly Question[]> {
  const [one, two] = [1, 2].map((count) => questions.filter(({ searches }) => searches === count));
  const right: Question[] = [];
  for (const question of questions.flatMap((_, at) => [one?.[at], two?.[at]])) {
    if (question === undefined || right.length === 5) continue;
    if (isRight(await askReal(model, question.question), question)) right.push(question);
  }
  return right;
}
