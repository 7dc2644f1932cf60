import { createHash } from "node:crypto";
import { AIMessage, HumanMessage, type BaseMessage } from "@langchain/core/messages";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { withoutMarks } from "../citation/marks.ts";
import { AgenticRagError } from "../errors.ts";
import type { Turn } from "../protocol/protocol.ts";
import { withoutReasoning } from "../text/shown-reasoning.ts";
import { placeOf } from "./journaled.ts";
import { isOwnStep } from "./step-messages/own-steps.ts";
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
  const asked = askedIn(messages);
  const isAnother = asked !== null && asked.id !== opening?.questionId;
  if (opening !== null && stopReason === null && !isAnother) {
    return question.trim() === opening.question ? null : plainQuestion(state, config);
  }
  return readQuestion(state, config);
}

/**
 * What the messages ask: the last one where it is a person's and has text. Where it is a handoff of another agent, a tool's
 * message or one that calls tools, it is the last question before, and all that was said since is history.
 *
 * @throws AgenticRagError `settings-invalid` when there is neither.
 */
export function readQuestion(asked: Pick<RunState, "messages" | "question">, config: Config): NewQuestion {
  const found = askedIn(asked.messages);
  if (found === null) return plainQuestion(asked, config);
  const { message, ...question } = found;
  return {
    ...question,
    history: historyOf(asked.messages.filter((each) => each !== message)),
    message: null,
  };
}

function askedIn(messages: readonly BaseMessage[]) {
  const last = messages.findLast((message) => message.getType() !== "system" && !isOwnStep(message));
  if (last === undefined) return null;
  const isHandoff =
    last.getType() === "tool" || (AIMessage.isInstance(last) && (last.tool_calls ?? []).length > 0);
  const message = isHandoff ? messages.findLast((each) => each.getType() === "human") : last;
  if (message?.getType() !== "human") return null;
  refuseOtherParts(message);
  // this is asked in each step, and LangChain takes a text apart for its blocks
  const question = (typeof message.content === "string" ? message.content : message.text).trim();
  if (question === "") return null;
  // handed over twice, it is asked twice
  const id = isHandoff ? digest([message.id ?? "", last.id ?? ""]) : (message.id ?? "");
  return { question, id, message };
}

/** @throws AgenticRagError `settings-invalid` for a question with a picture or another part that is no text. */
export function refuseOtherParts({ content }: Pick<BaseMessage, "content">): void {
  const parts = typeof content === "string" ? [] : content;
  const other = parts.find(({ type }) => type !== "text");
  if (other === undefined) return;
  throw new AgenticRagError(
    "settings-invalid",
    `The agent reads text only, and the question has a part of type ${JSON.stringify(other.type.slice(0, 40))}. Leave that part out, or say in words what is in it.`,
  );
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
  return digest([thread, placeOf(configurable?.["checkpoint_ns"]), before, question]);
}

function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** The system messages of a conversation, each text once: clients send them again with every question of a thread. */
export function instructionsIn(messages: readonly BaseMessage[]): readonly string[] {
  const told = messages.filter((message) => message.getType() === "system").map(({ text }) => text.trim());
  return [...new Set(told)].filter((text) => text !== "");
}

/**
 * Questions and answers as a later prompt shows them: no reasoning, no tool traffic, no citation marks. System messages stand
 * in front.
 */
function historyOf(messages: readonly BaseMessage[]): readonly Turn[] {
  const instructions = instructionsIn(messages);
  const talk = messages.flatMap((message) => {
    const type = message.getType();
    if ((type !== "human" && type !== "ai") || isOwnStep(message)) return [];
    const text = message.text.trim();
    const content = type === "human" ? text : withoutMarks(withoutReasoning(text)).trim();
    return content === "" ? [] : [{ role: type === "human" ? "user" : "assistant", content } as const];
  });
  return [...instructions.map((content) => ({ role: "system", content }) as const), ...talk];
}

/** The day where the program runs, as an ISO date. */
export function localDate(moment: Date): string {
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
