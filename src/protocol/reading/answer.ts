import { isBlank } from "../../text/blank.ts";
import type { Segment } from "../protocol.ts";
import { advance } from "./position.ts";
import type { TagGrammar } from "./tag-grammar.ts";
import { createTaggedReader } from "./tagged-reader.ts";
import { TURN_START } from "./turn-state.ts";

/**
 * The answer text that the model wrote after the last spliced response. What leads up to a call is none; only what a model
 * wrote between answer tags it was trained on counts where nothing follows. What the runtime wrote is never part of it.
 */
export function readAnswer(grammar: TagGrammar, segments: readonly Segment[]): string | null {
  let position = TURN_START;
  let earlier = "";
  let current = "";
  const drop = (): void => {
    if (!grammar.answersFreely && !isBlank(current)) earlier = current;
    current = "";
  };
  for (const { origin, text } of joined(segments)) {
    if (origin !== "model") {
      if (text.includes(grammar.response.open)) drop();
    } else {
      const reader = createTaggedReader(grammar, position, { calls: true });
      for (const event of [...reader.feed(text), ...reader.end({ finishReason: "stop", stopReason: null })]) {
        if (event.type === "answer-delta") current += event.text;
        else if (event.type === "answer-withdrawn") current = "";
        else if (event.type === "call-end") drop();
      }
    }
    position = advance(grammar, position, text);
  }
  const answer = isBlank(current) ? earlier : current;
  return isBlank(answer) ? null : answer.trim();
}

/** Neighbouring pieces of the model as one: a generation that went on behind a named tag was cut in mid-text. */
function joined(segments: readonly Segment[]): readonly Pick<Segment, "origin" | "text">[] {
  const pieces: { origin: Segment["origin"]; text: string }[] = [];
  for (const { origin, text } of segments) {
    const last = pieces.at(-1);
    if (origin === "model" && last?.origin === "model") last.text += text;
    else pieces.push({ origin, text });
  }
  return pieces;
}
