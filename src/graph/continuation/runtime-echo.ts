import type { Segment } from "../../protocol/protocol.ts";
import type { PromptMessage } from "../../model/model.ts";

/** A part of a sentence that is shorter says too little to be known by it. */
const LEAST_WORDS = 4;
/** A sentence of the instructions that is shorter may well be said by an answer too. */
const LEAST_INSTRUCTION_WORDS = 6;

/**
 * Whether a text says nothing but what the model was told: by the runtime in this turn, or in the instructions and the
 * question that it was opened with. Sentence by sentence, whole or broken off.
 */
export function echoesPrompt(
  text: string,
  turn: readonly Pick<Segment, "origin" | "text">[],
  { messages, question }: { readonly messages: readonly PromptMessage[]; readonly question: string },
): boolean {
  const said = sentencesOf(text);
  if (said.length === 0) return false;
  const nudges = turn.flatMap((segment) => (segment.origin === "runtime" ? [segment.text] : []));
  const instructions = messages.flatMap(({ role, content }) => (role === "system" ? [content] : []));
  if (saysOnly(said, nudges, instructions)) return true;
  const asked = sentencesOf(question).join(" ");
  if (said.join(" ").replace(/^question:\s*/, "") !== asked) return false;
  // a name, say, may be asked for and answered; a question is no answer, in whatever script
  return wordsIn(asked) >= LEAST_WORDS || /[?？؟;]\s*$/u.test(text);
}

/** Whether all sentences are among those of texts: whole, or of the first ones also broken off. */
function saysOnly(
  said: readonly string[],
  nudges: readonly string[],
  instructions: readonly string[],
): boolean {
  // what stands nowhere in them is no sentence of them, which is seen at once
  const all = [...nudges, ...instructions].join("\n").toLowerCase();
  if (!said.every((sentence) => all.includes(sentence))) return false;
  const nudged = nudges.flatMap(sentencesOf);
  const instructed = instructions
    .flatMap(sentencesOf)
    .filter((sentence) => wordsIn(sentence) >= LEAST_INSTRUCTION_WORDS);
  const told = new Set([...nudged, ...instructed]);
  return said.every((sentence) => told.has(sentence) || isPartOf(sentence, nudged));
}

/** Whether a sentence is where another one begins: a reply may be cut off within it. */
function isPartOf(sentence: string, told: readonly string[]): boolean {
  return wordsIn(sentence) >= LEAST_WORDS && told.some((one) => one.startsWith(`${sentence} `));
}

function wordsIn(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => word !== "").length;
}

/** In lower case, without tags and without the signs at their ends; those without a word are left out. */
function sentencesOf(text: string): readonly string[] {
  return text
    .replaceAll(/<[^<>\n]{1,40}>/g, "\n")
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.toLowerCase().replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""))
    .filter((sentence) => sentence !== "");
}
