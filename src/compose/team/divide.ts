const QUESTION_WORD = "what|who|whom|whose|when|where|why|which|how";
const VERB = "is|are|was|were|do|does|did|has|have|can|could|will|would|should";

/** Where one sentence asks a second thing: "…, and who made it?" */
const SECOND_QUESTION = new RegExp(
  String.raw`(?:\s*[,;]\s*(?:and|or)?\s*|\s+and\s+)(?=(?:in\s+|for\s+|by\s+)?(?:${QUESTION_WORD})\s+\S|(?:${VERB})\s+(?:it|they|he|she|this|that|these|those|there)\b)`,
  "i",
);

/**
 * Divides a question without a model: into its sentences, and the questions of an English sentence. What is left over
 * goes with the last part, so that nothing is lost. A question in which nothing of this is seen, such as a comparison,
 * is one part.
 */
export function divideQuestion(question: string, maxParts: number): readonly string[] {
  const whole = question.trim().replaceAll(/\s+/g, " ");
  const asked = sentencesOf(whole).flatMap(questionsOf);
  const parts = [...new Set(asked)];
  if (parts.length <= maxParts) return parts;
  return [...parts.slice(0, maxParts - 1), parts.slice(maxParts - 1).join(" ")];
}

/** A sentence that leans on what was said, or asks nothing, stays with the one before it. */
function sentencesOf(whole: string): readonly string[] {
  const sentences: string[] = [];
  for (const sentence of whole.split(/(?<=\?)\s+/)) {
    const before = sentences.pop();
    if (before === undefined) sentences.push(sentence);
    else if (sentence.endsWith("?") && standsAlone(sentence)) sentences.push(before, sentence);
    else sentences.push(`${before} ${sentence}`);
  }
  return sentences;
}

function questionsOf(sentence: string): readonly string[] {
  if (!sentence.endsWith("?")) return [sentence];
  const asked = sentence.slice(0, -1).split(SECOND_QUESTION);
  return asked.slice(1).every(standsAlone) ? asked.map((part) => `${capital(part.trim())}?`) : [sentence];
}

/** Apart from what was said before, a pronoun, or a question of a word or two, asks about nothing. */
function standsAlone(part: string): boolean {
  const leans = /\b(?:it|its|they|them|their|he|his|she|her|that|those|this|these)\b|^(?:and|or|but)\b/i.test(
    part,
  );
  return !leans && part.trim().split(/\s+/).length > 2;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
