import { isRunEvent } from "../../../src/graph/events.ts";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { createTavilyEngine } from "../../../src/search/engines/tavily.ts";
import type { Ask } from "../client.ts";
import { DATE } from "../script.ts";

/** This agent, as a program that has its library asks it. */
export function askAgent(url: string, { searchAhead }: { readonly searchAhead: boolean }): Ask {
  const agent = createAgenticRag({
    protocol: qwq,
    model: createCompletionsModel({
      baseUrl: `${url}/v1`,
      modelName: "QwQ-32B",
      dialect: "generic",
      contextTokens: 32_768,
    }),
    engine: createTavilyEngine({ apiKey: "tvly-none", baseUrl: url }),
    now: () => new Date(`${DATE}T12:00:00`),
    boundary: () => "hwtc",
    searchAhead,
  });
  return async (question, onAnswer) => {
    let [answer, answering] = ["", false];
    for await (const event of await agent.stream({ question }, { streamMode: "custom" })) {
      if (!isRunEvent(event)) continue;
      if (event.type === "answer-delta" && !answering) {
        answering = true;
        onAnswer();
      }
      if (event.type === "answer-end") {
        if (event.stopReason !== "answered") throw new Error(`the agent ended with ${event.stopReason}`);
        answer = event.answer;
      }
    }
    return answer;
  };
}
