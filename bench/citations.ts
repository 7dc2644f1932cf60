import { checkingAnswer } from "../src/citation/check.ts";
import { inTurns } from "../src/graph/nodes/in-turns.ts";
import { citedText } from "./cited-text.ts";

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
    const { answer, evidence } = citedText(sources, characters, marks);
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
