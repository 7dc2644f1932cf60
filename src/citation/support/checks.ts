import type { Claim } from "./claim.ts";
import { type Clause, plainQuote, type SourceText } from "./source-text.ts";

/** What is checked of a sentence against what it cites. */
export const CHECKS = [
  "quotes",
  "figures",
  "names",
  "negation",
  "comparison",
  "certainty",
  "order",
  "subject",
  "words",
] as const;
export const CHECK_RESULTS = ["pass", "weak", "fail"] as const;

/** `pass`: it holds; `weak`: not in the passage, or not quite; `fail`: the source says otherwise, or nothing of it. */
export interface Check {
  check: (typeof CHECKS)[number];
  result: (typeof CHECK_RESULTS)[number];
  /** The words of the sentence that the result rests on. */
  words: string[];
}

/** The texts that a sentence cites beside the one in question. */
export type Others = readonly SourceText[];

/** What share of the wanted words are given, weighted by how rare they are. */
export type ShareOf = (wanted: ReadonlySet<string>, given: ReadonlySet<string>) => number;

/** From this share of its words on, two clauses are about the same. */
const SAME = 0.5;
const PART = 0.25;

/** The clauses of the passage that say most of what a clause says. */
export function likeClauses(clause: Clause, others: readonly Clause[], shareOf: ShareOf): readonly Clause[] {
  const shares = others.map((other) => {
    const share = shareOf(clause.keys, other.keys);
    // all of a short clause is said: "Several people were hurt" of "Nobody was hurt"
    const isWhole = share >= PART && share < SAME && shareOf(other.keys, clause.keys) >= 0.99;
    return { other, share: isWhole ? SAME : share };
  });
  const most = Math.max(0, ...shares.map(({ share }) => share));
  if (most < SAME) return [];
  return shares.filter(({ share }) => share >= most - 0.05).map(({ other }) => other);
}

/** Whether one of the keys begins as a key does: forms that the stems keep apart. */
export function hasLike(keys: ReadonlySet<string>, key: string): boolean {
  if (key.length < 4 || /\p{N}/u.test(key)) return false;
  const beginning = key.slice(0, 4);
  for (const other of keys) if (other.startsWith(beginning)) return true;
  return false;
}

/** The same for names, whose forms differ by a letter at most: `Garniers` is `Garnier`, and `Garnot` is not. */
export function hasLikeName(keys: ReadonlySet<string>, key: string): boolean {
  if (key.length < 4 || /\p{N}/u.test(key)) return false;
  for (const other of keys) {
    const [short, long] = other.length < key.length ? [other, key] : [key, other];
    if (long.startsWith(short.slice(0, Math.max(4, short.length - 1)))) return true;
  }
  return false;
}

export function graded(
  check: Check["check"],
  failed: readonly string[],
  weak: readonly string[],
  all: readonly string[],
): Check {
  if (failed.length > 0) return { check, result: "fail", words: [...failed] };
  return weak.length > 0
    ? { check, result: "weak", words: [...weak] }
    : { check, result: "pass", words: [...all] };
}

/** Whatever stands in quotation marks occurs in the source, regardless of spacing, case and the form of its signs. */
export function checkQuotes({ quotes }: Claim, source: SourceText, others: Others): readonly Check[] {
  if (quotes.length === 0) return [];
  const text = source.quotable();
  const missing = quotes.filter((quote) => !occurs(quote, text));
  const elsewhere = missing.every((quote) => others.some((other) => occurs(quote, other.quotable())));
  const result = missing.length === 0 ? "pass" : elsewhere ? "weak" : "fail";
  return [{ check: "quotes", result, words: missing.length === 0 ? [...quotes] : missing }];
}

function occurs(quote: string, text: string): boolean {
  let at = 0;
  for (const part of quote.split(/\s*(?:\[?…\]?|\[?\.\.\.\]?)\s*/u)) {
    const words = plainQuote(part).replace(/[.,;:!?。，]+$/u, "");
    if (words === "") continue;
    const found = text.indexOf(words, at);
    if (found < 0) return false;
    at = found + words.length;
  }
  return true;
}

/** The other clauses that have words of a clause which the one most like it has not. */
export function restOf(
  clause: Clause,
  like: Clause,
  others: readonly Clause[],
  title: ReadonlySet<string>,
): readonly Clause[] {
  const rest = [...clause.keys].filter((key) => !like.keys.has(key) && !title.has(key));
  return others.filter((other) => other !== like && rest.some((key) => other.keys.has(key)));
}
