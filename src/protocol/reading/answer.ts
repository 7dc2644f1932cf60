import type { Segment } from "../protocol.ts";
import type { TagGrammar } from "./tag-grammar.ts";
import { createTaggedReader } from "./tagged-reader.ts";

/**
 * The answer text that the model wrote after the last spliced response; if it wrote none there, what it had written
 * before. What the runtime wrote is never part of it.
 */
export function readAnswer(grammar: TagGrammar, segments: readonly Segment[]): string | null {
  let before = "";
  let earlier = "";
  let current = "";
  for (const { origin, text } of segments) {
    if (origin === "model") {
      current += answerText(grammar, before, text);
    } else if (text.includes(grammar.response.open)) {
      if (current.trim() !== "") earlier = current;
      current = "";
    }
    before += text;
  }
  const answer = current.trim() === "" ? earlier.trim() : current.trim();
  return answer === "" ? null : answer;
}

function answerText(grammar: TagGrammar, before: string, text: string): string {
  const reader = createTaggedReader(grammar, before, { calls: true });
  const events = [...reader.feed(text), ...reader.end({ finishReason: "stop", stopReason: null })];
  return events.map((event) => (event.type === "answer-delta" ? event.text : "")).join("");
}
