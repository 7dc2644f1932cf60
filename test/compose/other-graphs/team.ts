import { ChatOpenAI } from "@langchain/openai";
import { onTestFinished } from "vitest";
import { createAgenticRag } from "../../../src/graph/graph.ts";
import type { AgenticRagParts } from "../../../src/graph/parts.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { call, FIXED, pagesEngine } from "../../graph/agent.ts";
import { startChatServer } from "../../servers/chat.ts";
import type { WireCall } from "../../servers/chat-wire.ts";
import { json, startCompletionsServer } from "../../servers/completions.ts";

export const ANSWER = "It is [[1]](https://example.org/alpha).";

/** The agent over a real completions server, which searches once and cites what it found, for each question. */
export async function researcher(questions = 1, parts: Partial<AgenticRagParts> = {}) {
  const turn = [`Let me look.\n${call("alpha")}`, "I know.\n</think>\n\nIt is [1]."];
  const server = await startCompletionsServer(Array.from({ length: questions }, () => turn).flat());
  onTestFinished(() => server.close());
  const model = createCompletionsModel({ baseUrl: server.url, modelName: "QwQ-32B", maxRetries: 0 });
  const engine = pagesEngine();
  return { agent: createAgenticRag({ protocol: qwq, model, engine, ...FIXED, ...parts }), engine, server };
}

/** What the model of another agent says: a text, calls, or either by the last message of its request. */
export type Said = string | readonly WireCall[] | ((last: string) => string);

/** The chat model of other agents, over a real chat server that answers request n with reply n, in one piece. */
export async function otherModel(replies: readonly Said[]) {
  const server = await startChatServer(
    replies.map((said) => ({ body }) => {
      const told = typeof said === "function" ? said(String(body.messages.at(-1)?.content)) : said;
      const message =
        typeof told === "string"
          ? { role: "assistant", content: told }
          : { role: "assistant", content: null, tool_calls: told.map(toolCall) };
      const finish = typeof told === "string" ? "stop" : "tool_calls";
      const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
      return json({
        id: crypto.randomUUID(),
        object: "chat.completion",
        created: 1_764_000_000,
        model: "other",
        choices: [{ index: 0, message, finish_reason: finish }],
        usage,
      });
    }),
  );
  onTestFinished(() => server.close());
  const configuration = { baseURL: server.url };
  const model = new ChatOpenAI({ model: "other", apiKey: "sk-other", maxRetries: 0, configuration });
  return { model, server };
}

function toolCall({ name = "research", arguments: written }: WireCall, index: number) {
  return {
    id: `call_${index}_${crypto.randomUUID()}`,
    type: "function",
    function: { name, arguments: written },
  };
}
