import type { SearchOutcome } from "../../search/engine.ts";
import { readAs } from "../../view/read-as.ts";
import { counted, duration } from "../../view/amounts.ts";
import { attemptWords } from "./attempt-words.ts";
import { createPaint } from "../terminal/paint.ts";
import { placeOf } from "./place.ts";
import { printableLine } from "../terminal/printable.ts";
import { openGroups } from "../terminal/grouped-output.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/** One search, and what came of it. */
export interface Searched {
  readonly query: string;
  readonly engine: string;
  readonly outcome: SearchOutcome;
  readonly milliseconds: number;
  /** An answer could have come from a cache. */
  readonly caches: boolean;
}

const TEXT_CHARACTERS = 300;

/** Where the answer stands towards the cache. `off`: there is none for this engine. */
export function cacheState({ outcome, caches }: Searched): "hit" | "shared" | "miss" | "off" {
  const last = outcome.attempts?.at(-1);
  if (last?.from === "cache") return "hit";
  if (last?.from === "shared") return "shared";
  return caches && last?.engine !== "local" ? "miss" : "off";
}

/** The results, then how they came about: at a terminal all on stdout, elsewhere the second part on stderr. */
export function showSearch(
  { stdout, stderr, environment, folder }: Surroundings,
  noColor: boolean,
  searched: Searched,
): void {
  const { outcome } = searched;
  const side = stdout.isTTY === true ? stdout : stderr;
  const paint = createPaint(stdout, { environment, noColor });
  const sidePaint = createPaint(side, { environment, noColor });
  const groups = openGroups(stdout, { environment, noColor });
  const sideGroups = side === stdout ? groups : openGroups(side, { environment, noColor });
  if (outcome.status === "found") {
    for (const [at, { title, url, text, date }] of outcome.results.entries()) {
      const mark = `${at + 1}  `;
      const indent = " ".repeat(mark.length);
      const dated = date === undefined ? "" : ` (${printableLine(date)})`;
      const [first = "", ...others] = [
        printableLine(title) + dated,
        printableLine(placeOf(url, folder)),
        shortened(text),
      ].filter((line) => line !== "");
      groups.line(`result ${at}`, mark + first, paint.bold);
      for (const line of others) groups.line(`result ${at}`, indent + line);
    }
  }
  if (outcome.respellings !== undefined)
    sideGroups.line("note", printableLine(readAs(outcome.respellings)), sidePaint.yellow);
  if (outcome.note !== undefined) sideGroups.line("note", printableLine(outcome.note), sidePaint.yellow);
  const isBad = outcome.status === "failed";
  sideGroups.line("end", summary(searched), isBad ? sidePaint.yellow : sidePaint.dim);
}

function summary({ engine, outcome, milliseconds, ...rest }: Searched): string {
  const told = outcome.attempts ?? [];
  const answeredBy = printableLine(told.at(-1)?.engine ?? engine);
  const words = attemptWords(told.map((attempt) => ({ ...attempt, kind: attempt.failure?.kind ?? "" })));
  const how = words === undefined ? "" : `\n${words}`;
  const state = cacheState({ engine, outcome, milliseconds, ...rest });
  const cache = state === "off" ? "" : `, cache ${state}`;
  const took = duration(milliseconds);
  switch (outcome.status) {
    case "found":
      return `${answeredBy} found ${counted(outcome.results.length, "result")} in ${took}${cache}${embeddingWords(outcome)}${rerankedWords(outcome)}${how}`;
    case "nothing":
      return `${answeredBy} found nothing in ${took}${cache}. Ask it in other words, or another engine with --engine.${how}`;
    case "failed":
      return `${printableLine(engine)} failed after ${took}. ${printableLine(outcome.failure.message)}${how}\nTo check all engines: agentic-rag doctor`;
  }
}

/** By what it was searched besides its words. */
function embeddingWords({ embedding }: SearchOutcome): string {
  return embedding === undefined ? "" : `, by words and by vectors of ${printableLine(embedding)}`;
}

/** Where each result stood before a reranker ordered them. */
function rerankedWords({ results, reranking }: Extract<SearchOutcome, { status: "found" }>): string {
  if (reranking === undefined) return "";
  const { by, order, milliseconds } = reranking;
  const before = order.slice(0, results.length).map((candidate) => candidate.before);
  return `\n${counted(order.length, "candidate")} reranked by ${printableLine(by)} in ${duration(milliseconds)}; these were ${before.join(", ")}`;
}

/** The beginning of a text, on one line, cut at a word. */
function shortened(text: string): string {
  const line = printableLine(text.replaceAll(/\s+/gu, " "));
  const characters = Array.from(line);
  if (characters.length <= TEXT_CHARACTERS) return line;
  const head = characters.slice(0, TEXT_CHARACTERS).join("");
  return `${head.replace(/\s\S*$/u, "")} …`;
}
