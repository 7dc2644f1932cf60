import type { Segment } from "../../protocol/protocol.ts";

/** Whether a text says nothing but what the runtime has told the model in this turn, sentence by sentence. */
export function repeatsRuntime(text: string, turn: readonly Pick<Segment, "origin" | "text">[]): boolean {
  const said = sentencesOf(text);
  if (said.length === 0) return false;
  const told = new Set(
    turn.flatMap((segment) => (segment.origin === "runtime" ? sentencesOf(segment.text) : [])),
  );
  return said.every((sentence) => told.has(sentence));
}

/** In lower case, without tags and without the signs at their ends; those without a word are left out. */
function sentencesOf(text: string): readonly string[] {
  return text
    .replaceAll(/<[^<>\n]{1,40}>/g, "\n")
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.toLowerCase().replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""))
    .filter((sentence) => sentence !== "");
}
