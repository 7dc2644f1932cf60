import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkAnswer } from "../../src/citation/check.ts";
import { qwq } from "../../src/protocol/qwq/qwq.ts";
import { spansOf } from "../../src/trajectory/spans.ts";
import type { Bench } from "../bench.ts";
import { citedText } from "../cited-text.ts";
import { reasoningTokens } from "../reader.ts";
import { median, table } from "../speed/statistics.ts";
import { drawGrowth, type Line } from "./plot.ts";
import { STEP_TOKENS, stepsOf } from "./steps.ts";

const PLOT = fileURLToPath(new URL("../../docs/performance-growth.svg", import.meta.url));
const SIZES = [8, 16, 32, 64, 128].map((thousands) => thousands * 1024);
const LONGEST = 131_072;
const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_MARK = 640;
const SOURCE_CHARACTERS = 8000;
const RUNS = 5;
const WARM_UP = 3;

/** What a longer transcript costs, from 8,192 to 131,072 tokens of four characters. */
export async function benchGrowth({ print, write }: Bench): Promise<string> {
  print("growth: reader, mask, citations …");
  const reader = timed(readerOf);
  const mask = timed(maskOf);
  const citations = timed(checkOf);
  print("growth: steps …");
  const steps = await stepsOf(SIZES.map((size) => Math.round(size / STEP_TOKENS)));
  const micros = (all: readonly number[]): string[] =>
    all.map((ms, at) => ((1e6 * ms) / (SIZES[at] ?? 1)).toFixed(0));
  const rows: string[][] = [
    ["reader, ns a token", ...micros(reader)],
    ["mask, ns a token", ...micros(mask)],
    ["citation check, ns a token", ...micros(citations)],
    ["a step with its search, CPU ms", ...steps.map(({ cpuMs }) => cpuMs.toFixed(1))],
    ["a step's growth of the database, KB", ...steps.map(({ bytes }) => (bytes / 1000).toFixed(1))],
    [
      "all steps so far, CPU ms a 1,024 tokens",
      ...steps.map(({ allCpuMs }, at) => ((1024 * allCpuMs) / (SIZES[at] ?? 1)).toFixed(1)),
    ],
    [
      "database so far, bytes a token",
      ...steps.map(({ allBytes }, at) => (allBytes / (SIZES[at] ?? 1)).toFixed(2)),
    ],
  ];
  const lines: readonly Line[] = [
    { name: "reader", values: reader },
    { name: "mask", values: mask },
    { name: "citation check", values: citations },
    { name: "database", values: steps.map(({ allBytes }) => allBytes) },
    { name: "one step", values: steps.map(({ cpuMs }) => cpuMs) },
  ];
  if (write) writeFileSync(PLOT, drawGrowth(SIZES, lines));
  const markdown = table(["tokens", ...SIZES.map((size) => size.toLocaleString("en"))], rows);
  print(markdown);
  return markdown;
}

/** Milliseconds of processor time that it takes at each size: the median of a few, after the longest has run a few times. */
function timed(prepare: (size: number) => () => void): readonly number[] {
  const all = SIZES.map((size) => ({ size, run: prepare(size) }));
  for (let time = 0; time < WARM_UP; time += 1) all.at(-1)?.run();
  return all.map(({ size, run }) => {
    const rounds = LONGEST / size;
    const times = Array.from({ length: RUNS }, () => {
      const begun = process.cpuUsage();
      for (let round = 0; round < rounds; round += 1) run();
      const { user, system } = process.cpuUsage(begun);
      return (user + system) / 1000 / rounds;
    });
    return median(times);
  });
}

/** Reasoning that ends in a call, one token at a time. */
function readerOf(size: number): () => void {
  const tokens = reasoningTokens(size);
  return () => {
    const reader = qwq.reader("<think>\n", { calls: true });
    for (const token of tokens) reader.feed(token);
    reader.end({ finishReason: "stop" });
    if (reader.generation.outcome !== "call") throw new Error("the reader has missed the call");
  };
}

/** A turn of pieces of 1,024 tokens, which model and search wrote in turn. */
function maskOf(size: number): () => void {
  const segments = Array.from({ length: size / 1024 }, (_, at) => ({
    origin: at % 2 === 0 ? ("model" as const) : ("search" as const),
    text: "word ".repeat((1024 * CHARACTERS_PER_TOKEN) / 5),
  }));
  return () => {
    const { spans } = spansOf({ segments });
    if (spans.length !== segments.length) throw new Error("the mask has missed a piece");
  };
}

/** An answer with a mark for each 640 tokens of its sources. */
function checkOf(size: number): () => void {
  const sources = Math.ceil((size * CHARACTERS_PER_TOKEN) / SOURCE_CHARACTERS);
  const { answer, evidence } = citedText(sources, SOURCE_CHARACTERS, Math.round(size / TOKENS_PER_MARK));
  return () => {
    if (checkAnswer(answer, evidence).citations.length === 0) throw new Error("no mark was found");
  };
}
