import type { ContinuationOptions, PromptMessage, TurnPiece } from "../../../src/model/model.ts";
import { startChatServer, type ChatReply } from "../../servers/chat.ts";
import { collect, HELLO, textOf } from "../collect.ts";
import { overOpenAi } from "./openai.ts";

export const OPENED: readonly TurnPiece[] = [{ origin: "runtime", text: "<think>\n" }];

/** A call as the protocol writes it. */
export function callText(query: unknown): string {
  return `<tool_call>\n{"action": "web_search", "action_input": {"query": ${JSON.stringify(query)}}}\n</tool_call>`;
}

/** The prompt and options of a turn so far. */
export function continuing(turn: readonly TurnPiece[]): [ContinuationOptions, readonly PromptMessage[]] {
  const content = turn.map(({ text }) => text).join("");
  return [{ turn }, [...HELLO, { role: "assistant", content }]];
}

/** One request of a turn to a server that gives this reply. */
export async function askNative(reply: ChatReply, turn = OPENED, options: ContinuationOptions = {}) {
  await using server = await startChatServer([{ ...reply, dialect: "generic" }]);
  const [given, messages] = continuing(turn);
  const chunks = await collect(overOpenAi(server.url), { ...given, ...options }, messages);
  return { chunks, text: textOf(chunks), request: server.requests[0] };
}
