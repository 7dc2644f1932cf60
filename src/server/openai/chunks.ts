import type { RunEvent } from "../../graph/events.ts";
import type { FormedEnd } from "./form.ts";
import { annotationsOf, type Annotation } from "../../citation/annotations.ts";
import type { ReplyHead } from "./completion.ts";
import { createAnswerContent, type Shown } from "../../graph/answer-content.ts";
import { noteOf, statusEvent, statusLine } from "./notes.ts";
import { isStep } from "../../view/event-text.ts";
import { detailsOf, finishReason, unsupportedOf, usageOf } from "./outcome.ts";

interface Delta {
  readonly role?: "assistant";
  readonly content?: string;
  readonly refusal?: string;
  readonly reasoning_content?: string;
  readonly annotations?: readonly Annotation[];
}

export interface ChunkOptions {
  readonly includeUsage: boolean;
  readonly ignored: readonly string[];
}

/** One event of the stream: a `chat.completion.chunk`. */
export type Chunk = Readonly<Record<string, unknown>>;

/**
 * The reply in pieces. The first one, which only says the role, comes when there is something to show; the one that
 * finishes comes when the run has ended by itself, and never otherwise.
 */
export async function* toChunks(
  run: AsyncGenerator<RunEvent, FormedEnd>,
  head: ReplyHead,
  { includeUsage, ignored }: ChunkOptions,
): AsyncGenerator<Chunk, void> {
  const frame = (choices: readonly unknown[], more: object = {}): Chunk => ({
    id: head.id,
    object: "chat.completion.chunk",
    created: head.created,
    model: head.model,
    choices,
    ...(includeUsage && { usage: null }),
    ...more,
  });
  const piece = (delta: Delta, more?: object, finish: string | null = null): Chunk =>
    frame([{ index: 0, delta, logprobs: null, finish_reason: finish }], more);
  const said = ({ reasoning, content: text }: Shown): readonly Chunk[] => [
    ...(reasoning === "" ? [] : [piece({ reasoning_content: reasoning })]),
    ...(text === "" ? [] : [piece({ content: text })]),
  ];
  const content = createAnswerContent();

  function show(event: RunEvent): readonly Chunk[] {
    const shown = said(content.take(event));
    if (!isStep(event)) return shown;
    return [...shown, piece({}, { agentic_rag: noteOf(event), event: statusEvent(event) })];
  }

  let begun = false;
  let step = await run.next();
  for (; step.done !== true; step = await run.next()) {
    for (const chunk of show(step.value)) {
      if (!begun) yield piece({ role: "assistant", content: "" });
      begun = true;
      yield chunk;
    }
  }
  const end = step.value;
  const { citations, stopReason } = end.conclusion;
  if (!begun) yield piece({ role: "assistant", content: "" });
  const { formed } = end;
  if (formed === undefined) yield* said(content.finish(end.conclusion));
  else yield piece("json" in formed ? { content: formed.json } : { refusal: formed.refusal });
  const annotations = formed === undefined ? annotationsOf(content.sent, end.sources, citations) : [];
  if (annotations.length > 0) yield piece({ annotations });
  const unsupported = unsupportedOf(end.conclusion);
  const details = {
    agentic_rag: detailsOf(end, ignored),
    ...(unsupported !== "" && { event: statusLine(unsupported, true) }),
  };
  yield piece({}, details, finishReason(stopReason));
  if (includeUsage) yield frame([], { usage: usageOf(end) });
}
