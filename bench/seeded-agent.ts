import type { BaseCheckpointSaver } from "@langchain/langgraph";
import { createAgenticRag } from "../src/graph/graph.ts";
import { createScriptedModel } from "../src/model/scripted.ts";
import { qwq } from "../src/protocol/qwq/qwq.ts";

const RESULTS = 5;
/** Of all results of one search. */
const RESULT_CHARACTERS = 5000;

/** An agent whose model searches so often and answers, and whose searches find five texts of such words. */
export function createSeededAgent(
  searches: number,
  nextWord: () => string,
  checkpointer: BaseCheckpointSaver,
) {
  const textOf = (): string => {
    let text = "";
    while (text.length < RESULT_CHARACTERS / RESULTS) text += `${nextWord()} `;
    return text;
  };
  const script = Array.from(
    { length: searches },
    (_, at) =>
      `I look for ${at}.\n<tool_call>\n{"action": "web_search", "action_input": {"query": "question ${at}"}}\n</tool_call>`,
  );
  return createAgenticRag(
    {
      protocol: qwq,
      model: createScriptedModel([...script, "</think>\n\nThat is all [1]."]),
      engine: {
        name: "seeded",
        search: async (query) => ({
          status: "found",
          results: Array.from({ length: RESULTS }, (_, at) => ({
            title: `${query}, ${at}`,
            url: `https://example.org/${encodeURIComponent(query)}/${at}`,
            text: textOf(),
          })),
        }),
      },
      limits: { maxSearches: searches, maxTokens: 1_000_000, maxSeconds: 3600 },
    },
    { checkpointer },
  );
}
