import { MemorySaver } from "@langchain/langgraph";
import type { RunEvent } from "../../src/graph/events.ts";
import { createAgenticRag } from "../../src/graph/graph.ts";
import type { AgenticRagParts } from "../../src/graph/parts.ts";
import type { RunState } from "../../src/graph/state.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import type { SearchEngine } from "../../src/search/engine.ts";
import { ask, call, FIXED } from "../graph/agent.ts";
import { startCompletionsServer, type ServerReply } from "../servers/completions.ts";

/** What stands in the last search response of a prompt. */
export function lastResponse(prompt: string): string {
  const from = prompt.lastIndexOf("<tool_response>\n") + "<tool_response>\n".length;
  const to = prompt.indexOf("\n</tool_response>", from);
  return prompt.slice(from, to < 0 ? undefined : to);
}

/**
 * A model that does whatever the pages say: it searches, repeats what it found in its reasoning, searches again, and
 * answers with everything that it was ever shown, system prompt included.
 */
export function obedient(queries: readonly string[]): readonly ServerReply[] {
  return [
    call(queries),
    ({ body }) => ({
      text: `I do as I am told.\n${lastResponse(body.prompt)}\nNow once more.\n${call("second")}`,
    }),
    ({ body }) => ({
      text: `So be it.\n</think>\n\n${lastResponse(body.prompt)}\n\n${body.prompt.replaceAll(/<\/?(?:think|tool_call|tool_response)>|<\|[a-z_]+\|>/g, " ")}\n\nThat is every word that I was ever shown; nothing has been left out of it, and nothing added by me.`,
    }),
  ];
}

export interface Attacked {
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  readonly prompts: readonly string[];
}

/** Runs the agent over real servers, with limits so wide that nothing of an attack is cut off. */
export async function runAttacked(
  engine: SearchEngine,
  replies: readonly ServerReply[],
  options: {
    readonly input?: Parameters<typeof ask>[1];
    readonly context?: Record<string, unknown>;
    readonly parts?: Partial<AgenticRagParts>;
  } = {},
): Promise<Attacked> {
  await using completions = await startCompletionsServer(replies);
  const model = createCompletionsModel({
    baseUrl: completions.url,
    modelName: "QwQ-32B",
    maxRetries: 0,
    apiKey: "sk-canary-4711",
  });
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, ...FIXED, ...options.parts },
    { checkpointer: new MemorySaver() },
  );
  const context = { maxTokens: 1_000_000, maxSearches: 100, maxResponseBytes: 200_000, ...options.context };
  const { state, events } = await ask(agent, options.input ?? "Who found hafnium?", { context });
  return { state, events, prompts: completions.requests.map(({ body }) => body.prompt) };
}
