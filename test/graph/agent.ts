import { MemorySaver } from "@langchain/langgraph";
import { onTestFinished } from "vitest";
import type { RunEvent } from "../../src/graph/events.ts";
import { createAgenticRag, type AgenticRag } from "../../src/graph/graph.ts";
import type { AgenticRagParts } from "../../src/graph/parts.ts";
import type { RunState } from "../../src/graph/state.ts";
import { createCompletionsModel } from "../../src/model/completions/completions.ts";
import { createScriptedModel, type ScriptedModel, type ScriptedStep } from "../../src/model/scripted.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import type { SearchEngine } from "../../src/search/engine.ts";
import { createTavilyEngine } from "../../src/search/engines/tavily.ts";
import { startCompletionsServer, type ServerReply } from "../servers/completions.ts";
import { startTavilyServer, type Found } from "../servers/tavily.ts";

/** The text of a call in the form that the prompt asks for. */
export function call(query: string | readonly string[]): string {
  return `<tool_call>\n{"action": "web_search", "action_input": {"query": ${JSON.stringify(query)}}}\n</tool_call>`;
}

/** An engine that finds one page about each query and remembers what it was asked. */
export function pagesEngine(): SearchEngine & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name: "pages",
    asked,
    async search(query) {
      asked.push(query);
      const result = {
        title: `About ${query}`,
        url: `https://example.org/${query}`,
        text: `All about ${query}.`,
      };
      return { status: "found", results: [result] };
    },
  };
}

export const FIXED: Pick<AgenticRagParts, "now" | "clock" | "boundary"> = {
  now: () => new Date(2026, 10, 22, 12),
  clock: () => 0,
  boundary: () => "k7f3",
};

/** An agent of a scripted model and the pages engine. */
export function scripted(
  steps: readonly ScriptedStep[],
  parts: Partial<AgenticRagParts> = {},
): { agent: AgenticRag; model: ScriptedModel; asked: readonly string[] } {
  const model = createScriptedModel(steps);
  const engine = pagesEngine();
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, ...FIXED, ...parts },
    { checkpointer: new MemorySaver() },
  );
  return { agent, model, asked: engine.asked };
}

/** An agent over a real completions server and a real Tavily-shaped server, both on the loopback. */
export async function served(
  replies: readonly ServerReply[],
  found?: Found,
  parts: Partial<AgenticRagParts> = {},
) {
  const completions = await startCompletionsServer(replies);
  const tavily = await startTavilyServer(found);
  onTestFinished(async () => {
    await completions.close();
    await tavily.close();
  });
  const model = createCompletionsModel({ baseUrl: completions.url, modelName: "QwQ-32B", maxRetries: 0 });
  const engine = createTavilyEngine({ apiKey: "tvly-test", baseUrl: tavily.url });
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, ...FIXED, ...parts },
    { checkpointer: new MemorySaver() },
  );
  return { agent, completions, tavily };
}

export function thread(id = "thread") {
  return { configurable: { thread_id: id } };
}

/** Asks on a thread; gives the state it ends in and every event on the way. */
export async function ask(
  agent: AgenticRag,
  input: string | Parameters<AgenticRag["invoke"]>[0],
  options: { context?: Record<string, unknown>; threadId?: string } = {},
): Promise<{ state: RunState; events: readonly RunEvent[] }> {
  const config = thread(options.threadId);
  const events: RunEvent[] = [];
  const stream = await agent.stream(typeof input === "string" ? { question: input } : input, {
    ...config,
    streamMode: "custom",
    ...(options.context !== undefined && { context: options.context as never }),
  });
  for await (const event of stream) events.push(event as RunEvent);
  const { values } = await agent.getState(config);
  return { state: values as RunState, events };
}

export function transcriptText(state: Pick<RunState, "transcript">): string {
  return state.transcript.map(({ text }) => text).join("");
}
