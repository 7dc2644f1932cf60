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
  const pieces = joined(segments);
  const isResponse = ({ origin, text }: Piece): boolean =>
    origin !== "model" && text.includes(grammar.response.open);
  // what stands before a response is no answer then
  const first = grammar.answersFreely ? pieces.findLastIndex(isResponse) : 0;
  for (const [at, piece] of pieces.entries()) {
    const { origin, text } = piece;
    if (isResponse(piece)) drop();
    else if (origin === "model" && at >= first) {
      const reader = createTaggedReader(grammar, position, { calls: true });
      for (const event of [...reader.feed(text), ...reader.end({ finishReason: "stop", stopReason: null })]) {
        if (event.type === "answer-delta") current += event.text;
        else if (event.type === "answer-withdrawn") current = "";
        else if (event.type === "call-end") drop();
      }
    }
    if (at < pieces.length - 1) position = advance(grammar, position, text);
  }
  const answer = isBlank(current) ? earlier : current;
  return isBlank(answer) ? null : answer.trim();
}

type Piece = Pick<Segment, "origin" | "text">;

/** Neighbouring pieces of the model as one: a generation that went on behind a named tag was cut in mid-text. */
function joined(segments: readonly Segment[]): readonly Piece[] {
  const pieces: { origin: Segment["origin"]; text: string }[] = [];
  for (const { origin, text } of segments) {
    const last = pieces.at(-1);
    if (origin === "model" && last?.origin === "model") last.text += text;
    else pieces.push({ origin, text });
  }
  return pieces;
}
