import { ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { z } from "zod";
import type { AgenticRag } from "../graph/graph.ts";
import type { Citation } from "../graph/citation.ts";
import type { QueryRecord, Source, StopReason } from "../graph/state.ts";
import { supportNote } from "../citation/support/note.ts";
import { asPart, partConfig, type PartOptions } from "./part.ts";

export interface ResearchToolOptions extends PartOptions {
  /** Default `research`. */
  readonly name?: string;
  /** The description that the calling model reads. Default: what the tool does and how to ask it. */
  readonly description?: string;
}

/** How an answer came about: the artifact of the tool's message, which the calling model does not see. */
export interface ResearchArtifact {
  /** False where the content is only the plain word that there is no answer. */
  readonly answered: boolean;
  readonly stopReason: StopReason | null;
  /** Numbered evidence; two entries of one number are two passages of one address. */
  readonly sources: readonly Source[];
  readonly citations: readonly Citation[];
  /** Sentences of the answer that state a fact and have no mark. */
  readonly uncited: readonly string[];
  readonly searches: readonly QueryRecord[];
}

const DESCRIPTION =
  "Researches a question: searches as often as it needs, reads what it finds, and answers in Markdown with numbered, linked citations. Ask one whole question that can be understood by itself: nothing else of this conversation is known to it. It may take minutes. Says so where there is no answer.";

const inputSchema = z.object({
  question: z
    .string()
    .trim()
    .min(1)
    .describe("The question, complete and understandable by itself, with names and dates written out."),
});

/**
 * The agent as a tool for another agent. The message's content is the cited answer, its artifact a
 * `ResearchArtifact`. A run without an answer says why; where the model itself failed, the message has the status
 * `error`. Throws what the graph throws: settings that are wrong, and an abort.
 *
 * Inside a graph, its steps, tokens and events are streamed under the namespace of the tool's task.
 */
export function createResearchTool(agent: AgenticRag, options: ResearchToolOptions = {}) {
  const { name = "research", description = DESCRIPTION } = options;
  const part = asPart(agent);
  return tool(
    async ({ question }, config): Promise<[string | ToolMessage, ResearchArtifact]> => {
      const run = await part.invoke({ question }, { ...config, ...partConfig(agent, options) });
      const { answer, answered, stopReason, sources, citations, uncited, queries } = run;
      const artifact = { answered, stopReason, sources, citations, uncited, searches: queries };
      const id = config.toolCall?.id;
      const unsupported = supportNote(citations, uncited);
      const told = unsupported === "" ? answer : `${unsupported}\n\n${answer}`;
      if (stopReason !== "model-error" || id === undefined) return [told, artifact];
      return [
        new ToolMessage({ status: "error", content: answer, artifact, tool_call_id: id, name }),
        artifact,
      ];
    },
    { name, description, schema: inputSchema, responseFormat: "content_and_artifact" },
  );
}
