import { createHash } from "node:crypto";
import { HumanMessage, type BaseMessage } from "@langchain/core/messages";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { withoutMarks } from "../citation/marks.ts";
import { AgenticRagError } from "../errors.ts";
import type { Turn } from "../protocol/protocol.ts";
import { placeOf } from "./journaled.ts";
import type { RunState } from "./state.ts";

/** A question that is to be opened. */
export interface NewQuestion {
  readonly question: string;
  readonly id: string;
  readonly history: readonly Turn[];
  /** The message to add to the conversation, when the question came as plain text. */
  readonly message: HumanMessage | null;
}

type Config = Pick<LangGraphRunnableConfig, "configurable">;

/** The question that this run has yet to open; `null` while one is open (after a crash, a fork, a repair). */
export function newQuestion(state: RunState, config: Config): NewQuestion | null {
  const { messages, question, opening, stopReason } = state;
  const last = messages.at(-1);
  const isAnother = last?.getType() === "human" && last.id !== opening?.questionId && last.text.trim() !== "";
  if (opening !== null && stopReason === null && !isAnother) {
    return question.trim() === opening.question ? null : plainQuestion(state, config);
  }
  return readQuestion(state, config);
}

/**
 * The last message where it is a person's and has text, else the plain `question`.
 *
 * @throws AgenticRagError `settings-invalid` when there is neither.
 */
export function readQuestion(asked: Pick<RunState, "messages" | "question">, config: Config): NewQuestion {
  const last = asked.messages.at(-1);
  const text = last?.getType() === "human" ? last.text.trim() : "";
  if (text === "") return plainQuestion(asked, config);
  return {
    question: text,
    id: last?.id ?? "",
    history: historyOf(asked.messages.slice(0, -1)),
    message: null,
  };
}

function plainQuestion(
  { messages, question }: Pick<RunState, "messages" | "question">,
  { configurable }: Config,
): NewQuestion {
  if (question.trim() === "") {
    throw new AgenticRagError(
      "settings-invalid",
      "There is no question: give `question`, or end `messages` with a human message that has text.",
    );
  }
  const id = idFor(question.trim(), messages, configurable);
  const message = new HumanMessage({ id, content: question.trim() });
  return { question: question.trim(), id, history: historyOf(messages), message };
}

/**
 * The id of a plain question. On a thread it follows from what is there, so that a step that is run again after a
 * crash finds the searches that it had; the same question asked later comes after other messages.
 */
function idFor(
  question: string,
  messages: readonly BaseMessage[],
  configurable: LangGraphRunnableConfig["configurable"],
): string {
  const thread: unknown = configurable?.["thread_id"];
  if (typeof thread !== "string" || thread === "") return crypto.randomUUID();
  const before = messages.map(({ id }) => id ?? "");
  return createHash("sha256")
    .update(JSON.stringify([thread, placeOf(configurable?.["checkpoint_ns"]), before, question]))
    .digest("hex");
}

/** Questions and answers as a later prompt shows them: no reasoning, no tool traffic, no citation marks. */
function historyOf(messages: readonly BaseMessage[]): readonly Turn[] {
  return messages.flatMap((message) => {
    const type = message.getType();
    if (type !== "human" && type !== "ai") return [];
    const text = message.text.trim();
    const content = type === "human" ? text : withoutMarks(text.replace(/^[\s\S]*<\/think>/, "")).trim();
    return content === "" ? [] : [{ role: type === "human" ? "user" : "assistant", content } as const];
  });
}
