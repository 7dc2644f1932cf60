import type { RunEvent } from "../../graph/events.ts";
import { annotationsOf } from "../../citation/annotations.ts";
import { createAnswerContent } from "../../graph/answer-content.ts";
import type { RunEnd } from "./agent-run.ts";
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
  run: AsyncGenerator<RunEvent, RunEnd>,
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

function completion(end: RunEnd, reasoning: string, head: ReplyHead, ignored: readonly string[]) {
  const { answer, citations, stopReason } = end.conclusion;
  const message = {
    role: "assistant",
    content: answer,
    refusal: null,
    reasoning_content: reasoning,
    annotations: annotationsOf(answer, end.sources, citations),
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
