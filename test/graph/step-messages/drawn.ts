import { AIMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { AgenticRagParts } from "../../../src/graph/parts.ts";
import { createScriptedModel, type ScriptedStep } from "../../../src/model/scripted.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { FIXED, pagesEngine } from "../agent.ts";

/** An agent whose runs keep their steps in `messages`, as a served one's do. */
export function drawing(steps: readonly ScriptedStep[], parts: Partial<AgenticRagParts> = {}) {
  const model = createScriptedModel(steps);
  const engine = pagesEngine();
  const { limits, ...others } = parts;
  const agent = createAgenticRag(
    { protocol: qwq, model, engine, ...FIXED, ...others, limits: { stepMessages: true, ...limits } },
    { checkpointer: new MemorySaver() },
  );
  return { agent, model, asked: engine.asked };
}

/** Messages as a chat UI draws them: `reasoning` in brackets, calls, what a tool said. */
export function drawn(messages: readonly BaseMessage[]): string[] {
  return messages.map((message) => {
    const type = message.getType();
    if (ToolMessage.isInstance(message)) return `tool ${message.status}: ${rowsOf(message.text)}`;
    if (!AIMessage.isInstance(message)) return `${type}: ${message.text}`;
    const blocks = message.contentBlocks.map((block) =>
      block.type === "reasoning" ? `(${block.reasoning})` : block.type === "text" ? block.text : "",
    );
    const calls = (message.tool_calls ?? []).map(
      ({ name, args }) => `${name}(${Object.values(args).join()})`,
    );
    return `ai: ${[...blocks, ...calls].filter((piece) => piece !== "").join(" ")}`;
  });
}

function rowsOf(content: string): string {
  if (!content.startsWith("[")) return content;
  const rows = JSON.parse(content) as { number?: number; title?: string; note?: string; asked?: string }[];
  return rows.map(({ number, title, note, asked }) => note ?? asked ?? `${number} ${title}`).join(" | ");
}
