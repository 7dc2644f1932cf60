import { checkingAnswer } from "../src/citation/check.ts";
import { inTurns } from "../src/graph/nodes/in-turns.ts";
import { createRandom, createZipf } from "./seeded-text.ts";

const VOCABULARY = 5_000;
const WORDS_PER_SENTENCE = 14;
const RUNS = 3;

/** How many sources of how many characters, and how many marks the answer has. */
const CASES = [
  { name: "40 marks on one source of 8 KB", sources: 1, characters: 8_000, marks: 40 },
  { name: "100 sources of 20 sentences, a mark each", sources: 100, characters: 1_900, marks: 100 },
  { name: "128,000 tokens in 64 sources, 200 marks", sources: 64, characters: 8_000, marks: 200 },
] as const;

/** What it takes to check the marks of an answer, and for how long the event loop waits at most meanwhile. */
export async function benchCitations(write: (line: string) => void): Promise<void> {
  for (const { name, sources, characters, marks } of CASES) {
    const { answer, evidence } = written(sources, characters, marks);
    const times: number[] = [];
    const waits: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const stop = watchLoop();
      const began = performance.now();
      await inTurns(checkingAnswer(answer, evidence));
      times.push(performance.now() - began);
      waits.push(stop());
    }
    const [time, wait] = [times, waits].map((all) => Math.round(all.sort((a, b) => a - b)[1] ?? 0));
    write(`citations: ${name}: ${time} ms, the event loop waits ${wait} ms at most`);
  }
}

/** Takes the time between turns of the event loop; what it returns ends that and gives the longest. */
function watchLoop(): () => number {
  let longest = 0;
  let last = performance.now();
  let watched = true;
  const turn = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (watched) setImmediate(turn);
  };
  turn();
  return () => {
    watched = false;
    return Math.max(longest, performance.now() - last);
  };
}

/** An answer that repeats sentences of its sources, each with its mark. */
function written(sources: number, characters: number, marks: number) {
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
