import { createRandom, createZipf } from "../seeded-text.ts";
import type { Document } from "../../src/search/local/documents/document.ts";
import { percentile } from "../speed/statistics.ts";
import { STORES, type Store } from "./stores-at-scale.ts";

const VOCABULARY = 50_000;
const WORDS_OF_PASSAGE = 120;
const CHUNK = 500;

interface Clock {
  ms: number;
  cpuMs: number;
}

/** In a process of its own: builds a store of so many passages, or opens and asks it; sends what it took. */
async function main([action, name, passages, folder]: readonly string[]): Promise<void> {
  const store: Store | undefined = Object.entries(STORES).find(([one]) => one === name)?.[1];
  // it never outlives its parent
  process.on("disconnect", () => process.exit(1));
  if (store === undefined || folder === undefined) throw new Error(`There is no store ${String(name)}.`);
  const took = await (action === "build" ? build : ask)(store, Number(passages), folder);
  const { user, system } = process.cpuUsage();
  process.send?.({
    ...took,
    peakBytes: process.resourceUsage().maxRSS * 1_024,
    processMs: (user + system) / 1_000,
  });
  process.removeAllListeners("disconnect");
  process.disconnect();
}

async function build(store: Store, passages: number, folder: string): Promise<Clock> {
  const making: Clock = { ms: 0, cpuMs: 0 };
  const stop = start();
  await store.build(folder, documentsOf(passages, making));
  const whole = stop();
  return { ms: whole.ms - making.ms, cpuMs: whole.cpuMs - making.cpuMs };
}

/** Seeded text, made some at a time, and how long that took. */
async function* documentsOf(passages: number, making: Clock): AsyncGenerator<Document> {
  const nextWord = createZipf(VOCABULARY, createRandom(1));
  for (let from = 0; from < passages; from += CHUNK) {
    const stop = start();
    const chunk = Array.from({ length: Math.min(CHUNK, passages - from) }, (_, at) => ({
      title: `Document ${from + at}`,
      url: `https://example.com/${from + at}`,
      text: Array.from({ length: WORDS_OF_PASSAGE }, nextWord).join(" "),
    }));
    const took = stop();
    making.ms += took.ms;
    making.cpuMs += took.cpuMs;
    yield* chunk;
  }
}

async function ask(store: Store, passages: number, folder: string): Promise<object> {
  const stop = start();
  const find = store.open(folder);
  const opened = stop();
  const openBytes = process.memoryUsage.rss();
  const times = (await questionsOf(passages)).map((question) => {
    const done = start();
    const found = find(question);
    return { ...done(), found };
  });
  const at = (part: number, clock: keyof Clock): number =>
    percentile(
      times.map((one) => one[clock]),
      part,
    );
  return {
    openMs: opened.ms,
    openBytes,
    p50: at(0.5, "ms"),
    p99: at(0.99, "ms"),
    cpuP50: at(0.5, "cpuMs"),
    cpuP99: at(0.99, "cpuMs"),
    unanswered: times.filter(({ found }) => found === 0).length,
  };
}

/** Two to eight words of a passage that stand together; every other one is put as a question. */
async function questionsOf(passages: number): Promise<readonly string[]> {
  const random = createRandom(2);
  const most = Math.min(passages, 10_000);
  const every = Math.floor(most / Math.min(most, passages > 100_000 ? 100 : 200));
  const questions: string[] = [];
  let number = 0;
  for await (const { text } of documentsOf(most, { ms: 0, cpuMs: 0 })) {
    number++;
    if (number % every !== 0) continue;
    const words = text.split(" ");
    const length = 2 + Math.floor(random() * 7);
    const from = Math.floor(random() * (words.length - length));
    const some = words.slice(from, from + length).join(" ");
    questions.push(random() < 0.5 ? some : `What is the ${some}, and where does it come from?`);
  }
  return questions;
}

function start(): () => Clock {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - begun, cpuMs: (user + system) / 1_000 };
  };
}

await main(process.argv.slice(2));
