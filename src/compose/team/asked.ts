import { HumanMessage, type BaseMessage } from "@langchain/core/messages";
import { withoutMarks } from "../../citation/marks.ts";
import { AgenticRagError } from "../../errors.ts";
import type { PromptMessage } from "../../model/model.ts";
import type { TeamState } from "./state.ts";

type AskedState = Pick<typeof TeamState.State, "messages" | "question">;

/** What a team is asked. */
export interface Asked {
  readonly question: string;
  readonly history: readonly PromptMessage[];
  /** The message to add to the conversation, when the question came as plain text. */
  readonly message: HumanMessage | null;
}

/**
 * The last message, where it is a person's; else the plain `question`.
 *
 * @throws AgenticRagError `settings-invalid` when there is neither.
 */
export function readAsked({ messages, question }: AskedState): Asked {
  const last = messages.at(-1);
  const text = last?.getType() === "human" ? last.text.trim() : "";
  if (text !== "") return { question: text, history: historyOf(messages.slice(0, -1)), message: null };
  if (question.trim() === "") {
    throw new AgenticRagError(
      "settings-invalid",
      "There is no question: give `question`, or end `messages` with a human message that has text.",
    );
  }
  const message = new HumanMessage({ id: crypto.randomUUID(), content: question.trim() });
  return { question: question.trim(), history: historyOf(messages), message };
}

function historyOf(messages: readonly BaseMessage[]): readonly PromptMessage[] {
  return messages.flatMap((message): PromptMessage[] => {
    const type = message.getType();
    const text = message.text.trim();
    if (text === "") return [];
    if (type === "human") return [{ role: "user", content: text }];
    return type === "ai" ? [{ role: "assistant", content: withoutMarks(text) }] : [];
  });
}
