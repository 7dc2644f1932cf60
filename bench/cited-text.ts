import { createRandom, createZipf } from "./seeded-text.ts";

const VOCABULARY = 5_000;
const WORDS_PER_SENTENCE = 14;

/** An answer that repeats sentences of its sources, each with its mark. */
export function citedText(sources: number, characters: number, marks: number) {
  const random = createRandom(3);
  const next = createZipf(VOCABULARY, random);
  const sentence = (): string => {
    const words = Array.from({ length: WORDS_PER_SENTENCE }, next).join(" ");
    return `The ${words} in ${1900 + Math.floor(random() * 120)} at ${Math.floor(random() * 1000)} metres.`;
  };
  const texts = Array.from({ length: sources }, () => {
    const sentences: string[] = [];
    for (let length = 0; length < characters; length += sentences.at(-1)?.length ?? 1)
      sentences.push(sentence());
    return sentences;
  });
  const answer = Array.from({ length: marks }, (_, at) => {
    const of = texts[at % sources] ?? [];
    return `${of[(at * 7) % of.length]?.slice(0, -1)} [${(at % sources) + 1}].`;
  });
  return {
    answer: answer.join(" "),
    evidence: texts.map((sentences, at) => ({
      number: at + 1,
      title: `Report ${at + 1}`,
      url: `https://example.com/${at + 1}`,
      text: sentences.join(" "),
    })),
  };
}
