import type { RunEvent } from "../../graph/events.ts";
import { annotationsOf } from "../../citation/annotations.ts";
import { createAnswerContent } from "../../graph/answer-content.ts";
import type { Formed, FormedEnd } from "./form.ts";
import { detailsOf, finishReason, usageOf } from "./outcome.ts";

/** What every object of one reply carries. */
export interface ReplyHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

/** The whole reply in one: a `chat.completion`. Its content is the checked answer, in which known marks are links. */
export async function toCompletion(
  run: AsyncGenerator<RunEvent, FormedEnd>,
  head: ReplyHead,
  ignored: readonly string[],
) {
  const content = createAnswerContent();
  let reasoning = "";
  for (;;) {
    const step = await run.next();
    if (step.done === true) {
      reasoning += content.finish(step.value.conclusion).reasoning;
      return completion(step.value, reasoning, head, ignored);
    }
    reasoning += content.take(step.value).reasoning;
  }
}

function completion(end: FormedEnd, reasoning: string, head: ReplyHead, ignored: readonly string[]) {
  const { answer, citations, stopReason } = end.conclusion;
  const message = {
    role: "assistant",
    ...saidIn(end.formed, answer),
    reasoning_content: reasoning,
    annotations: end.formed === undefined ? annotationsOf(answer, end.sources, citations) : [],
  };
  return {
    id: head.id,
    object: "chat.completion",
    created: head.created,
    model: head.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(stopReason) }],
    usage: usageOf(end),
    agentic_rag: detailsOf(end, ignored),
  };
}

/** What a message says: a text, the JSON that was asked for, or why that is none. */
export function saidIn(formed: Formed | undefined, text: string) {
  if (formed === undefined) return { content: text, refusal: null };
  return "json" in formed
    ? { content: formed.json, refusal: null }
    : { content: null, refusal: formed.refusal };
}
