import { END, START, StateGraph, type LangGraphRunnableConfig } from "@langchain/langgraph";
import { Input, Output, required, State, type RunState, type RunUpdate } from "../../../src/graph/state.ts";
import { serveRuns } from "../client.ts";
import { answerIn, answerWatcher, complete, openPrompt, queriesIn, responseOf, search } from "./requests.ts";

function textOf({ transcript }: RunState): string {
  return transcript.map(({ text }) => text).join("");
}

// What LangGraph itself adds: the four nodes and the state of this agent, with nothing done in them but the requests.
serveRuns((url) => {
  const graph = new StateGraph(State, { input: Input, output: Output })
    .addNode("generate", async (state: RunState, { writer }: LangGraphRunnableConfig): Promise<RunUpdate> => {
      const onText = answerWatcher(() => writer?.("answer"));
      const said = await complete(url, openPrompt(state.question) + textOf(state), onText);
      return { transcript: [{ origin: "model", text: said }] };
    })
    .addNode("parse-tool-call", (state: RunState): RunUpdate => {
      const queries = queriesIn(state.transcript.at(-1)?.text ?? "") ?? [];
      return { call: { kind: "search", queries: queries.map((query) => ({ query, plan: "run" })) } };
    })
    .addNode("web-search", async ({ call }: RunState): Promise<RunUpdate> => {
      const queries = call?.kind === "search" ? call.queries.map(({ query }) => query) : [];
      const found = await Promise.all(queries.map((query) => search(url, query)));
      return {
        transcript: [{ origin: "search", text: responseOf(queries, found) }],
        searches: queries.length,
        call: null,
      };
    })
    .addNode("finalize", ({ transcript }: RunState): RunUpdate => {
      return { answer: answerIn(transcript.at(-1)?.text ?? ""), answered: true, stopReason: "answered" };
    })
    .addEdge(START, "generate")
    .addConditionalEdges(
      "generate",
      ({ transcript }) =>
        queriesIn(transcript.at(-1)?.text ?? "") === undefined ? "finalize" : "parse-tool-call",
      ["finalize", "parse-tool-call"],
    )
    .addEdge("parse-tool-call", "web-search")
    .addEdge("web-search", "generate")
    .addEdge("finalize", END)
    .compile();
  return async (question, onAnswer) => {
    let answer: string | null = null;
    for await (const [mode, data] of await graph.stream({ question }, { streamMode: ["custom", "values"] })) {
      if (mode === "custom") onAnswer();
      else answer = data.answer ?? null;
    }
    return required(answer, "an answer");
  };
});
