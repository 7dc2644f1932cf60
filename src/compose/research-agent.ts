import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { placesOf } from "../citation/check.ts";
import type { AgenticRag } from "../graph/graph.ts";
import { answerMessage } from "../graph/usage.ts";
import { asPart, partConfig, type PartOptions } from "./part.ts";

export interface ResearchAgentOptions extends PartOptions {
  /** By which others hand over to it, and which its messages carry. Default: the agent's own name. */
  readonly name?: string;
  /** What a supervisor is told of it. Default: that it answers from sources, which it cites. */
  readonly description?: string;
}

const DESCRIPTION =
  "Researches a question: searches as often as it needs, reads what it finds, and answers with numbered, linked citations.";

/**
 * The agent as a member of a team of agents that share `messages` and nothing else, which is what `createSupervisor`,
 * `createSwarm`, deepagents and graphs over `MessagesAnnotation` take. It answers the last question of the conversation, handed
 * over or asked, with one message: the cited answer under its name, with `answered`, `stopReason` and `sources` in
 * `response_metadata`. No other key of the graph around it is written, whatever that calls `sources` or `answer`.
 *
 * Its steps are streamed in a namespace of their own, its interrupts are answered at the graph around it.
 *
 * @throws AgenticRagError `settings-invalid` where a setting of `context` is none.
 */
export function createResearchAgent(agent: AgenticRag, options: ResearchAgentOptions = {}) {
  const { name = agent.getName(), description = DESCRIPTION } = options;
  const part = asPart(agent);
  const config = partConfig(agent, options);
  return new StateGraph(MessagesAnnotation)
    .addNode(
      "research",
      async ({ messages }, around) => {
        const run = await part.invoke({ messages }, { ...around, ...config });
        const { answer, answered, stopReason, sources, usage } = run;
        const id = run.messages.at(-1)?.id ?? crypto.randomUUID();
        const response_metadata = { answered, stopReason, sources: placesOf(sources) };
        return {
          messages: [answerMessage({ id, name, content: answer, response_metadata }, usage)],
        };
      },
      { subgraphs: [part] },
    )
    .addEdge(START, "research")
    .addEdge("research", END)
    .compile({ name, description });
}

export type ResearchAgent = ReturnType<typeof createResearchAgent>;
