const QUESTION_WORD = "what|who|whom|whose|when|where|why|which|how";
const VERB = "is|are|was|were|do|does|did|has|have|can|could|will|would|should";

/** Where one sentence asks a second thing: "…, and who made it?" */
const SECOND_QUESTION = new RegExp(
  String.raw`(?:\s*[,;]\s*(?:and|or)?\s*|\s+and\s+)(?=(?:in\s+|for\s+|by\s+)?(?:${QUESTION_WORD})\s+\S|(?:${VERB})\s+(?:it|they|he|she|this|that|these|those|there)\b)`,
  "i",
);

/** "Compare A, B and C", "the difference between A and B", "how do A and B differ": what is compared. */
const COMPARISONS = [
  /^(?:please\s+)?(?:compare|contrast|(?:(?:what(?:'s|\s+is|\s+are)?|explain|describe)\s+)?the\s+(?:main\s+)?differences?\s+between)\s+(.+?)[.?!]*$/i,
  /^how\s+do\s+(.+?)\s+(?:differ|compare)[.?!]*$/i,
];
const BETWEEN_COMPARED = /\s*,\s*(?:and\s+)?|\s+(?:and|with|to|versus|vs\.?)\s+/i;

/** The longest name of a thing that is compared, in UTF-16 units: what is longer is no name. */
const MAX_NAME = 60;

/**
 * Divides a question without a model: into its sentences, the questions of a sentence, or the things that it compares,
 * each to be looked up by itself. What is left over goes with the last part, so that nothing is lost. A question in
 * which nothing of this is seen is one part.
 */
export function divideQuestion(question: string, maxParts: number): readonly string[] {
  const whole = question.trim().replaceAll(/\s+/g, " ");
  const asked = sentencesOf(whole).flatMap(questionsOf).flatMap(comparedIn);
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

function comparedIn(sentence: string): readonly string[] {
  const [list] = COMPARISONS.flatMap((pattern) => pattern.exec(sentence)?.[1] ?? []);
  const names = list?.split(BETWEEN_COMPARED).filter((name) => name !== "") ?? [];
  const isList = names.length > 1 && names.every((name) => name.length <= MAX_NAME);
  return isList ? names.map((name) => `What is ${name}?`) : [sentence];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
